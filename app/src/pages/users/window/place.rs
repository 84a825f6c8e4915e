//! Which rows of a long list are drawn, and how high the room above and below them is.
//!
//! Wherever the scroll bar jumps, the rows in sight are drawn. Only a list drawn to scale (at
//! 51 pixels a row, more than 294,000 rows) passes over rows when one turns a whole view.

/// The tallest body drawn one to one, in pixels. Firefox draws up to 17.8 million.
pub(super) const TALLEST: f64 = 15_000_000.0;
/// Rows kept beyond those in sight, on each side.
pub(super) const BEYOND: u64 = 20;

/// Where the window stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    /// The first row that is drawn, counted from 0.
    pub first: u64,
    /// The row after the last one that is drawn.
    pub end: u64,
    /// Height of the spacer above, in pixels.
    pub above: f64,
    /// Height of the spacer below, in pixels.
    pub below: f64,
}

/// The window for a body scrolled by `scrolled` pixels under a view `view` pixels high.
pub(super) fn place(total: u64, row: f64, scrolled: f64, view: f64) -> Place {
    #[allow(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
    let whole = total as f64;
    let height = (whole * row).min(TALLEST);
    let share = if height > view {
        (scrolled / (height - view)).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let top = share * (whole - view / row).max(0.0);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the number of rows"
    )]
    let (seen, shown) = (top as u64, (view / row).ceil() as u64 + 1);
    let first = seen.saturating_sub(BEYOND);
    let end = (seen + shown + BEYOND).min(total);
    #[allow(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
    let (before, drawn) = (top - first as f64, (end - first) as f64 * row);
    let above = (share * (height - view).max(0.0) - before * row).max(0.0);
    Place {
        first,
        end,
        above,
        below: (height - above - drawn).max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_shows_the_first_and_the_last_rows_at_the_ends() {
        for total in [60, 5_000, 200_000, 1_000_000] {
            let height = (total as f64 * 50.0).min(TALLEST);
            let top = place(total, 50.0, 0.0, 1000.0);
            assert_eq!((top.first, top.above), (0, 0.0));
            let bottom = place(total, 50.0, height - 1000.0, 1000.0);
            assert_eq!((bottom.end, bottom.below.round()), (total, 0.0));
            assert!(bottom.end - bottom.first <= 300);
        }
    }

    #[test]
    fn one_to_one_each_row_stands_where_it_belongs() {
        let p = place(5_000, 50.0, 100_000.0, 1000.0);
        assert_eq!(p.first, 2_000 - BEYOND);
        assert!((p.above - p.first as f64 * 50.0).abs() < 1.0);
        let drawn = (p.end - p.first) as f64 * 50.0;
        assert!((p.above + drawn + p.below - 250_000.0).abs() < 1.0);
    }

    #[test]
    fn drawn_to_scale_every_row_can_be_reached() {
        // A quarter of the view at a time: less than what is drawn beyond its edges.
        let mut reached = 0;
        for step in 0..=59_996 {
            let p = place(1_000_000, 50.0, f64::from(step) * 250.0, 1000.0);
            assert!(p.first <= reached, "{step}");
            reached = reached.max(p.end);
        }
        assert_eq!(reached, 1_000_000);
    }

    #[test]
    fn after_a_jump_of_any_size_the_rows_in_sight_are_drawn() {
        for total in [60_u64, 361, 5_000, 200_000, 1_000_000] {
            let height = (total as f64 * 51.0).min(TALLEST);
            let view = 800.0;
            // Steps that meet no row's edge, from one end to the other.
            for step in 0..=997 {
                let scrolled = (height - view) * f64::from(step) / 997.0;
                let p = place(total, 51.0, scrolled, view);
                let drawn = p.above + (p.end - p.first) as f64 * 51.0;
                assert!(p.above <= scrolled + 1.0, "{total} {step}");
                assert!(
                    drawn + 1.0 >= (scrolled + view).min(height),
                    "{total} {step}"
                );
            }
        }
    }
}
