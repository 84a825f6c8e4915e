//! «Perché non riesce ad accedere?»: the checks in the order in which they are repaired.

use super::Users;
use crate::{
    db::{self, diagnosis as rows},
    error::Result,
};
use domain::{
    OrganisationId,
    access::Actor,
    diagnosis::{Diagnosis, Finding, school_year},
    organisation::OrganisationKind,
    person::PersonKind,
    user::{GroupName, UserDetail, is_unlikely},
};
use jiff::Timestamp;
use sqlx::PgConnection;

impl Users {
    /// The diagnosis of a user that was read within the actor's scope.
    pub(super) async fn diagnose(
        &self,
        conn: &mut PgConnection,
        actor: &Actor,
        user: &UserDetail,
    ) -> Result<Diagnosis> {
        let now = self.0.clock.now();
        let house = db::organisations::get(conn, actor.organisation).await?;
        let findings = findings(conn, actor.organisation, house.kind, user, now).await?;
        let attempts = rows::attempts(conn, actor.organisation, &user.row.username).await?;
        let name = format!("{} {}", user.row.given_name, user.row.surname);
        Ok(Diagnosis {
            findings,
            attempts,
            imported_at: db::persons::frame::imported_at(conn, actor.organisation).await?,
            name: name.trim().to_owned(),
            locale: user.locale,
            institution: house.name,
            contact: house.contact,
        })
    }
}

async fn findings(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    kind: OrganisationKind,
    user: &UserDetail,
    now: Timestamp,
) -> Result<Vec<Finding>> {
    let id = user.row.id;
    let standing = rows::standing(conn, organisation, id, now).await?;
    let mut found = vec![
        Finding::State(user.row.state),
        Finding::Password(standing.password),
        Finding::Mail(standing.mail),
    ];
    if let Some(code) = rows::code(conn, organisation, id, now).await? {
        found.push(Finding::Code(code));
    }
    let groups: Vec<GroupName> = user.row.groups.clone();
    if kind != OrganisationKind::School {
        found.push(Finding::Groups((!groups.is_empty()).then(Vec::new)));
        return Ok(found);
    }
    let year = school_year(standing.today);
    let records = rows::records(conn, organisation, id, year).await?;
    let kinds: Vec<PersonKind> = records.iter().map(|r| r.record.kind).collect();
    let enrolment = rows::enrolment(&records, year);
    found.push(Finding::Linked(
        records.into_iter().map(|r| r.record).collect(),
    ));
    let odd = (!groups.is_empty()).then(|| {
        groups
            .into_iter()
            .filter(|g| is_unlikely(&kinds, &g.code))
            .collect()
    });
    found.push(Finding::Groups(odd));
    found.extend(enrolment.map(Finding::Enrolment));
    Ok(found)
}
