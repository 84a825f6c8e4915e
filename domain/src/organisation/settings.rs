//! What those who administer a canton set for their house: when invited people are reminded,
//! and where «altra persona» is reported.

use crate::{
    email::Email,
    user::{FieldError, FieldErrors},
};
use serde::{Deserialize, Serialize};

/// A reminder leaves at most so many days before the code ends: a code lives a month.
pub const REMINDER_DAYS_MAX: u8 = 28;
/// At most so many automatic reminders.
pub const REMINDERS_MAX: usize = 4;

/// The settings as kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseSettings {
    /// Days before the end of a code on which its person is reminded, the earliest reminder
    /// first; none: nobody is reminded on its own.
    pub reminder_days: Vec<u8>,
    /// Where «altra persona» is reported; empty: nowhere.
    pub report_address: String,
}

/// The settings as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsDraft {
    /// `7, 2`.
    pub reminder_days: String,
    /// A mail address, or nothing.
    pub report_address: String,
}

impl SettingsDraft {
    /// The settings as a form shows them.
    pub fn of(kept: &HouseSettings) -> Self {
        let days: Vec<String> = kept.reminder_days.iter().map(u8::to_string).collect();
        Self {
            reminder_days: days.join(", "),
            report_address: kept.report_address.clone(),
        }
    }

    /// Reads and checks. The same day twice counts once.
    ///
    /// # Errors
    /// `reminder_days` ([`FieldError::ChooseOne`]: not up to [`REMINDERS_MAX`] whole numbers
    /// from 1 to [`REMINDER_DAYS_MAX`]) and `report_address`.
    pub fn check(&self) -> Result<HouseSettings, FieldErrors> {
        let mut errors = FieldErrors::default();
        let days = days(&self.reminder_days).unwrap_or_else(|| {
            errors.add("reminder_days", FieldError::ChooseOne);
            Vec::new()
        });
        let typed = self.report_address.trim();
        let address = match typed {
            "" => String::new(),
            typed => Email::parse(typed).map_or_else(
                |_| {
                    errors.add("report_address", FieldError::NotAnEmail);
                    String::new()
                },
                Email::into_string,
            ),
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(HouseSettings {
            reminder_days: days,
            report_address: address,
        })
    }
}

/// The days, the most distant from the end first; `None` where the text is no list of them.
fn days(typed: &str) -> Option<Vec<u8>> {
    if typed.trim().is_empty() {
        return Some(Vec::new());
    }
    let mut days = Vec::new();
    for part in typed.split(',') {
        let part = part.trim();
        // «+7» reads as a number too, and is none that a person means.
        let plain = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let day = plain.then(|| part.parse::<u8>().ok()).flatten()?;
        if !(1..=REMINDER_DAYS_MAX).contains(&day) {
            return None;
        }
        days.push(day);
    }
    days.sort_unstable_by(|a, b| b.cmp(a));
    days.dedup();
    (days.len() <= REMINDERS_MAX).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(days: &str, address: &str) -> Result<HouseSettings, FieldErrors> {
        let draft = SettingsDraft {
            reminder_days: days.into(),
            report_address: address.into(),
        };
        draft.check()
    }

    #[test]
    fn up_to_four_days_are_read_in_order_each_once() {
        let days = |typed| read(typed, "").map(|s| s.reminder_days);
        assert_eq!(days("2,7"), Ok(vec![7, 2]));
        assert_eq!(days(" 28 , 1, 28,1"), Ok(vec![28, 1]));
        assert_eq!(days("  "), Ok(vec![]));
        for wrong in [
            "0",
            "29",
            "7;2",
            "7 2",
            "7,",
            "sette",
            "-1",
            "+7",
            "1.5",
            "300",
            "1,2,3,4,5",
        ] {
            let errors = days(wrong).unwrap_err();
            assert_eq!(
                errors.of("reminder_days"),
                Some(&FieldError::ChooseOne),
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_address_is_one_or_nothing() {
        let address = |typed| read("7", typed).map(|s| s.report_address);
        assert_eq!(address("  "), Ok(String::new()));
        assert_eq!(
            address(" spiges@BFS.admin.ch "),
            Ok("spiges@bfs.admin.ch".into())
        );
        let errors = read("99", "bfs").unwrap_err();
        assert_eq!(errors.0.len(), 2, "both faults are told at once");
    }

    #[test]
    fn a_form_shows_what_it_would_save_again() {
        let kept = read("2,7", "a@b.example").unwrap();
        assert_eq!(SettingsDraft::of(&kept).reminder_days, "7, 2");
        assert_eq!(SettingsDraft::of(&kept).check(), Ok(kept));
    }
}
