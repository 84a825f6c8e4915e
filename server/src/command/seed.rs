//! `delega seed`: a large, repeatable data set for measuring.

use super::{refusal, say};
use crate::{settings::Settings, start};
use anyhow::{Result, bail, ensure};
use backend::{
    Backend,
    db::seed::{self, Fill},
};
use domain::{Locale, organisation::OrganisationKind};

/// How much, and which.
#[derive(clap::Args)]
pub struct Args {
    /// Users in all.
    #[arg(long)]
    pub users: u64,
    /// Organisations they belong to; they are called seed-0001, seed-0002 and so on.
    #[arg(long, default_value_t = 1)]
    pub organisations: u32,
    /// How many of the users belong to the first organisation; the others share the rest.
    #[arg(long, value_name = "K")]
    pub first: Option<u64>,
    /// The same seed makes the same data.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Makes the organisations and fills them.
///
/// # Errors
/// Where the numbers do not fit, the data set stands already, or the database fails.
pub async fn run(settings: Settings, args: Args) -> Result<()> {
    ensure!(
        args.organisations >= 1,
        "--organisations must be at least 1"
    );
    let first = args
        .first
        .unwrap_or(args.users / u64::from(args.organisations));
    ensure!(
        first <= args.users,
        "--first must not be larger than --users"
    );
    ensure!(
        args.organisations > 1 || args.first.is_none_or(|k| k == args.users),
        "with one organisation --first must equal --users"
    );
    start::with_backend(&settings, |backend| async move {
        fill(&backend, &args, first).await
    })
    .await
}

async fn fill(backend: &Backend, args: &Args, first: u64) -> Result<()> {
    if backend
        .organisations
        .find(&code(1))
        .await
        .map_err(refusal)?
        .is_some()
    {
        bail!(
            "the organisation {} exists already: a database is seeded once",
            code(1)
        );
    }
    let mut fills = Vec::new();
    for n in 1..=args.organisations {
        let name = format!("Istituto di prova {n}");
        let organisation = backend
            .organisations
            .create(&code(n), OrganisationKind::School, &name, Locale::It)
            .await
            .map_err(refusal)?;
        fills.push(Fill {
            organisation,
            users: share(args, first, n),
        });
    }
    let now = backend.core.clock.now();
    seed::fill(&backend.core.pool, &fills, args.seed, now)
        .await
        .map_err(refusal)?;
    say(format!(
        "{} users in {} organisations",
        args.users, args.organisations
    ));
    Ok(())
}

fn code(n: u32) -> String {
    format!("seed-{n:04}")
}

/// The first organisation has its own size; the others share the rest evenly, the second
/// taking what does not divide.
fn share(args: &Args, first: u64, n: u32) -> u64 {
    let others = u64::from(args.organisations).saturating_sub(1).max(1);
    let rest = if args.organisations == 1 {
        0
    } else {
        args.users - first
    };
    match n {
        1 if args.organisations == 1 => args.users,
        1 => first,
        2 => rest / others + rest % others,
        _ => rest / others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_all_organisations_add_up_to_all_users() {
        for (users, organisations, first) in [
            (1_000_000, 400, 200_000),
            (10, 1, 10),
            (17, 5, 3),
            (5, 3, 5),
        ] {
            let args = Args {
                users,
                organisations,
                first: Some(first),
                seed: 1,
            };
            let sum: u64 = (1..=organisations).map(|n| share(&args, first, n)).sum();
            assert_eq!(sum, users, "{organisations} organisations");
        }
    }
}
