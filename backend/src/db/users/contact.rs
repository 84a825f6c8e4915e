//! Contact data of a canton's user (X9).

use crate::error::Result;
use domain::{
    OrganisationId, UserId,
    access::Scope,
    user::{Contact, ContactDraft, ContactView},
};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// The data of a user in the scope; empty where none were ever given.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where it does not exist or lies outside.
pub async fn read(conn: &mut PgConnection, scope: &Scope, id: UserId) -> Result<ContactView> {
    let units = scope.unit_numbers();
    let r = sqlx::query!(
        r#"select u.version, coalesce(c.salutation, '') as "salutation!", c.birth_date as "birth_date?: jiff_sqlx::Date",
             coalesce(c.address_1, '') as "address_1!", coalesce(c.address_2, '') as "address_2!",
             coalesce(c.country, '') as "country!", coalesce(c.city, '') as "city!",
             coalesce(c.postal_code, '') as "postal_code!", coalesce(c.mobile, '') as "mobile!",
             coalesce(c.note, '') as "note!"
           from users u left join user_contacts c on c.organisation_id = u.organisation_id and c.user_id = u.id
           where u.organisation_id = $1 and u.id = $2 and ($3::bigint[] is null or user_within(u.organisation_id, u.id, $3))"#,
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?;
    let day: Option<Date> = r.birth_date.map(|d| d.to_jiff());
    Ok(ContactView {
        version: r.version,
        data: ContactDraft {
            salutation: r.salutation,
            birth_date: day.map(|d| d.to_string()).unwrap_or_default(),
            address_1: r.address_1,
            address_2: r.address_2,
            country: r.country,
            city: r.city,
            postal_code: r.postal_code,
            mobile: r.mobile,
            note: r.note,
        },
    })
}

/// Writes the data, in place of what was there.
///
/// # Errors
/// Where the database fails.
pub async fn write(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UserId,
    data: &Contact,
) -> Result<()> {
    sqlx::query!(
        "insert into user_contacts (organisation_id, user_id, salutation, birth_date, address_1, address_2, country,
           city, postal_code, mobile, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (organisation_id, user_id) do update set salutation = excluded.salutation,
           birth_date = excluded.birth_date, address_1 = excluded.address_1, address_2 = excluded.address_2,
           country = excluded.country, city = excluded.city, postal_code = excluded.postal_code,
           mobile = excluded.mobile, note = excluded.note",
        organisation.0,
        id.0,
        data.salutation,
        data.birth_date.map(|d| d.to_sqlx()) as _,
        data.address[0],
        data.address[1],
        data.country,
        data.city,
        data.postal_code,
        data.mobile,
        data.note,
    )
    .execute(tx)
    .await?;
    Ok(())
}
