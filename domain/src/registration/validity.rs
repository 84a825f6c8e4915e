//! How long a code lives, and how often somebody may be reminded.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};

/// End of a code that came into force at `start`: one calendar month later at the same local
/// time of the organisation, to the minute. 31 January ends on the last day of February; a
/// time that the change to summer time leaves out ends an hour later by the clock.
pub fn ends(start: Timestamp, zone: &TimeZone) -> Timestamp {
    let minute = Timestamp::from_second(start.as_second().div_euclid(60) * 60).unwrap_or(start);
    minute
        .to_zoned(zone.clone())
        .checked_add(1.month())
        .map_or(start, |end| end.timestamp())
}

/// Hours between two reminders to the same person.
const REMINDER_HOURS: i64 = 24;

/// When the next reminder may go, where the last one is too near (ux 2.9).
pub fn reminder_wait(last: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let next = last?
        .checked_add(SignedDuration::from_hours(REMINDER_HOURS))
        .ok()?;
    (next > now).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(start: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        let start: jiff::civil::DateTime = start.parse().unwrap();
        let start = start.to_zoned(zone.clone()).unwrap().timestamp();
        ends(start, &zone)
            .to_zoned(zone)
            .strftime("%F %H:%M %:z")
            .to_string()
    }

    #[test]
    fn a_code_ends_a_calendar_month_later_at_the_same_local_time() {
        assert_eq!(
            end("2026-11-22T10:30", "Europe/Zurich"),
            "2026-12-22 10:30 +01:00"
        );
        assert_eq!(
            end("2026-12-31T23:59", "Europe/Rome"),
            "2027-01-31 23:59 +01:00"
        );
    }

    #[test]
    fn the_end_of_january_ends_on_the_last_day_of_february() {
        assert_eq!(
            end("2027-01-31T09:00", "Europe/Zurich"),
            "2027-02-28 09:00 +01:00"
        );
        assert_eq!(
            end("2028-01-31T09:00", "Europe/Zurich"),
            "2028-02-29 09:00 +01:00"
        );
        assert_eq!(
            end("2028-01-30T09:00", "Europe/Zurich"),
            "2028-02-29 09:00 +01:00"
        );
        assert_eq!(
            end("2028-02-29T09:00", "Europe/Zurich"),
            "2028-03-29 09:00 +02:00"
        );
        assert_eq!(
            end("2027-10-31T09:00", "Europe/Zurich"),
            "2027-11-30 09:00 +01:00"
        );
    }

    #[test]
    fn both_changes_of_summer_time_keep_the_local_time() {
        assert_eq!(
            end("2027-03-10T10:00", "Europe/Rome"),
            "2027-04-10 10:00 +02:00"
        );
        assert_eq!(
            end("2027-10-10T10:00", "Europe/Rome"),
            "2027-11-10 10:00 +01:00"
        );
        // 28 March 2027, 02:30 does not exist; 31 October, 02:30 exists twice: the first.
        assert_eq!(
            end("2027-02-28T02:30", "Europe/Rome"),
            "2027-03-28 03:30 +02:00"
        );
        assert_eq!(
            end("2027-09-30T02:30", "Europe/Rome"),
            "2027-10-30 02:30 +02:00"
        );
        assert_eq!(
            end("2026-09-25T02:30", "Europe/Rome"),
            "2026-10-25 02:30 +02:00"
        );
    }

    #[test]
    fn seconds_do_not_count_so_that_the_mail_says_exactly_what_holds() {
        let zone = TimeZone::get("Europe/Rome").unwrap();
        let start: Timestamp = "2026-11-22T10:30:59.9Z".parse().unwrap();
        assert_eq!(ends(start, &zone), "2026-12-22T10:30:00Z".parse().unwrap());
    }

    #[test]
    fn a_day_lies_between_two_reminders() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let before = |hours| Some(now - SignedDuration::from_hours(hours));
        assert_eq!(reminder_wait(None, now), None);
        assert_eq!(reminder_wait(before(24), now), None);
        assert_eq!(
            reminder_wait(before(23), now),
            Some(now + SignedDuration::from_hours(1))
        );
    }
}
