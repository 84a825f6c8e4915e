//! Who of a selection would receive credentials, and the rows of a send. The selection is
//! a filter made at run time, so these statements are put together by
//! [`super::users::search`].

mod write;

pub use write::{book_total, write_mails, write_recipients};

use super::users::search::{push_house, push_selected};
use super::{groups, organisations};
use crate::{error::Result, mail::Institution};
use domain::{
    Locale, OrganisationId, UserId,
    access::{Actor, Right, Scope},
    job::Exclusion,
    organisation::OrganisationKind,
    page::{Page, PageRequest},
    sending::{ExcludedGroup, ExcludedUser, SharedAddress},
    user::{Selection, full_name},
};
use jiff::{Timestamp, tz::TimeZone};
use jiff_sqlx::ToSqlx;
use serde::Deserialize;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, types::Json};

/// What the selection is judged by.
#[derive(Debug)]
pub struct Judge<'a> {
    /// Who is visible at all: others are as if they did not exist.
    pub visible: Scope,
    /// Where the right to send holds; `None` where that is the same.
    pub sending: Option<Scope>,
    /// Groups with rights that the sender does not hold.
    pub strong: Vec<i64>,
    /// Some group enters without a password by now: only then it is asked of everybody.
    pub off: bool,
    /// A canton's people choose their password with the registration code: none is mailed.
    pub by_code: bool,
    /// Who was ticked.
    pub selection: &'a Selection,
    /// Grants count that have not ended by now.
    pub now: Timestamp,
    /// By mail, or on paper.
    pub way: Way,
}

/// How credentials reach somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// By mail: who has no mailbox is left out.
    #[default]
    Mail,
    /// On paper: everybody.
    Paper,
    /// On paper, for those whom no mail reaches.
    PaperWithoutMailbox,
}

impl<'a> Judge<'a> {
    /// Gathers what a judgement needs.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn of(
        conn: &mut PgConnection,
        actor: &Actor,
        selection: &'a Selection,
        now: Timestamp,
    ) -> Result<Self> {
        let sending = Scope::of(actor, Right::SendCredentials);
        let visible = if actor.holds(Right::ReadUsers) {
            Scope::of(actor, Right::ReadUsers)
        } else {
            sending.clone()
        };
        let strong = strong_groups(conn, actor).await?;
        let house = organisations::get(conn, actor.organisation).await?;
        let off = groups::keep::some_off(conn, actor.organisation, now).await?;
        let sending = (sending != visible).then_some(sending);
        Ok(Self {
            visible,
            sending,
            strong,
            off,
            by_code: house.kind == OrganisationKind::Canton,
            selection,
            now,
            way: Way::Mail,
        })
    }

    /// The same for letters.
    #[must_use]
    pub fn by(self, way: Way) -> Self {
        Self { way, ..self }
    }

    /// `select … from users u where …` with the reason to leave somebody out, if any.
    pub(super) fn push(&self, q: &mut QueryBuilder<Postgres>) {
        q.push(
            "select u.organisation_id, u.id, u.surname, u.given_name, u.username, u.email, u.locale, u.version, u.sort_name,
               case when u.state = 'archived' then 'archived' when u.state = 'inactive' then 'inactive'",
        );
        if let Some(scope) = &self.sending {
            q.push(" when not (");
            push_house(q, scope);
            q.push(") then 'out_of_scope'");
        }
        if !self.strong.is_empty() {
            q.push(
                " when exists (select from grants sg where sg.organisation_id = u.organisation_id and sg.user_id = u.id
                    and sg.group_id = any(",
            );
            q.push_bind(self.strong.clone());
            q.push(") and (sg.valid_until is null or sg.valid_until >= ");
            q.push_bind(self.now.to_sqlx());
            q.push("::date)) then 'stronger'");
        }
        if self.off {
            q.push(" when password_off_since(u.organisation_id, u.id, ");
            q.push_bind(self.now.to_sqlx());
            q.push(") is not null then 'password_off'");
        }
        if self.way == Way::Mail && self.by_code {
            q.push(" when true then 'by_code'");
        }
        if self.way == Way::Mail {
            q.push(" when u.email is null then 'no_mail' when u.email_bounced_at is not null then 'bounced'");
        }
        q.push(" end as excluded from users u where ");
        push_selected(q, &self.visible, self.selection);
        if self.way == Way::PaperWithoutMailbox {
            q.push(" and (u.email is null or u.email_bounced_at is not null)");
        }
    }
}

/// Groups with a right that `actor` does not hold: their members are out of reach.
///
/// # Errors
/// Where the database fails.
pub async fn strong_groups(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<i64>> {
    let held: Vec<String> = Right::ALL
        .into_iter()
        .filter(|r| actor.holds(*r))
        .map(|r| r.code().to_owned())
        .collect();
    let groups = sqlx::query_scalar!(
        "select id from groups where organisation_id = $1 and not (rights <@ $2)",
        actor.organisation.0,
        &held,
    )
    .fetch_all(conn)
    .await?;
    Ok(groups)
}

/// The judgement in numbers and first rows.
#[derive(Debug)]
pub struct Judged {
    /// Selected and visible.
    pub selected: u64,
    /// Takes part.
    pub recipients: u64,
    /// Left out.
    pub excluded: Vec<ExcludedGroup>,
    /// The first shared addresses.
    pub shared: Vec<SharedAddress>,
    /// All shared addresses.
    pub shared_total: u64,
    /// Recipients by language.
    pub languages: Vec<(Locale, u64)>,
}

#[derive(FromRow)]
struct JudgedRow {
    selected: i64,
    recipients: i64,
    reasons: Json<Vec<(String, u64)>>,
    first: Json<Vec<FirstJson>>,
    shared: Json<Vec<(String, u64, Vec<String>)>>,
    shared_total: i64,
    languages: Json<Vec<(String, u64)>>,
}

#[derive(Deserialize)]
struct FirstJson {
    reason: String,
    id: i64,
    surname: String,
    given_name: String,
    username: String,
    email: Option<String>,
    version: i32,
}

/// First rows of each reason and first shared addresses shown on the check page.
const FIRST: i64 = 5;

/// Judges the whole selection in one statement.
///
/// # Errors
/// Where the database fails.
pub async fn judge(conn: &mut PgConnection, judge: &Judge<'_>) -> Result<Judged> {
    let mut q = QueryBuilder::new("with picked as materialized (");
    judge.push(&mut q);
    q.push(
        "), shared as (
           select lower(email) as address, count(*) as n,
             (array_agg(trim(surname || ' ' || given_name) order by sort_name, id))[1:4] as names
           from picked where excluded is null and email is not null group by 1 having count(*) > 1),
         ranked as (
           select *, row_number() over (partition by excluded order by sort_name, id) as place
           from picked where excluded is not null)
         select (select count(*) from picked) as selected,
           (select count(*) from picked where excluded is null) as recipients,
           (select coalesce(jsonb_agg(jsonb_build_array(excluded, n)), '[]')
              from (select excluded, count(*) as n from picked where excluded is not null group by 1) e) as reasons,
           (select coalesce(jsonb_agg(jsonb_build_object('reason', excluded, 'id', id, 'surname', surname,
                'given_name', given_name, 'username', username, 'email', email, 'version', version) order by place), '[]')
              from ranked where place <= ",
    );
    q.push_bind(FIRST);
    q.push(
        ") as first,
           (select coalesce(jsonb_agg(jsonb_build_array(address, n, to_jsonb(names)) order by n desc, address), '[]')
              from (select * from shared order by n desc, address limit ",
    );
    q.push_bind(FIRST);
    q.push(
        ") s) as shared,
           (select count(*) from shared) as shared_total,
           (select coalesce(jsonb_agg(jsonb_build_array(locale, n)), '[]')
              from (select locale, count(*) as n from picked where excluded is null group by 1) l) as languages",
    );
    let row: JudgedRow = q.build_query_as().fetch_one(conn).await?;
    let mut first = row.first.0;
    let excluded = Exclusion::ALL
        .iter()
        .filter_map(|reason| {
            let count = row
                .reasons
                .0
                .iter()
                .find(|(code, _)| code == reason.code())?
                .1;
            let rows = first
                .extract_if(.., |f| f.reason == reason.code())
                .map(|f| ExcludedUser {
                    id: UserId(f.id),
                    name: full_name(&f.surname, &f.given_name),
                    username: f.username,
                    email: f.email,
                    version: f.version,
                });
            Some(ExcludedGroup {
                reason: *reason,
                count,
                first: rows.collect(),
            })
        })
        .collect();
    let language = |l: Locale| {
        row.languages
            .0
            .iter()
            .find(|(code, _)| code == l.code())
            .map(|(_, n)| (l, *n))
    };
    Ok(Judged {
        selected: whole(row.selected),
        recipients: whole(row.recipients),
        excluded,
        shared: row
            .shared
            .0
            .into_iter()
            .map(|(address, users, names)| SharedAddress {
                address,
                users,
                names,
            })
            .collect(),
        shared_total: whole(row.shared_total),
        languages: Locale::ALL.into_iter().filter_map(language).collect(),
    })
}

fn whole(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[derive(FromRow)]
struct ExcludedRow {
    id: i64,
    surname: String,
    given_name: String,
    username: String,
    email: Option<String>,
    version: i32,
    total: i64,
}

/// A page of those left out for one reason.
///
/// # Errors
/// Where the database fails.
pub async fn excluded(
    conn: &mut PgConnection,
    judge: &Judge<'_>,
    reason: Exclusion,
    page: PageRequest,
) -> Result<Page<ExcludedUser>> {
    let mut q = QueryBuilder::new(
        "select p.id, p.surname, p.given_name, p.username, p.email, p.version, count(*) over () as total from (",
    );
    judge.push(&mut q);
    q.push(") p where p.excluded = ").push_bind(reason.code());
    q.push(" order by p.sort_name, p.id limit ")
        .push_bind(page.limit());
    q.push(" offset ").push_bind(page.offset());
    let rows: Vec<ExcludedRow> = q.build_query_as().fetch_all(conn).await?;
    let total = rows.first().map_or(0, |r| whole(r.total));
    let items = rows.into_iter().map(|r| ExcludedUser {
        id: UserId(r.id),
        name: full_name(&r.surname, &r.given_name),
        username: r.username,
        email: r.email,
        version: r.version,
    });
    Ok(Page {
        items: items.collect(),
        total,
        number: page.number,
        size: page.size,
    })
}

/// Who sends, as mails say it, and the days of a temporary password.
///
/// # Errors
/// Where the database fails.
pub async fn institution(
    conn: &mut PgConnection,
    organisation: OrganisationId,
) -> Result<(Institution, u8)> {
    let row = sqlx::query!(
        "select name, code, kind, contact, reply_to, time_zone, temporary_password_days from organisations where id = $1",
        organisation.0
    )
    .fetch_one(conn)
    .await?;
    let institution = Institution {
        name: row.name,
        code: row.code,
        school: row.kind == "school",
        contact: row.contact,
        reply_to: row.reply_to,
        time_zone: TimeZone::get(&row.time_zone).unwrap_or(TimeZone::UTC),
    };
    Ok((
        institution,
        u8::try_from(row.temporary_password_days).unwrap_or(7),
    ))
}
