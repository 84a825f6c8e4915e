//! Adding and changing a unit, each within the transaction of the act.

use crate::error::{Result, ServiceError, on_constraint};
use domain::{
    OrganisationId, UnitId,
    access::Scope,
    unit::{Canton, UnitEdit, UnitLevel, UnitNames, UnitState},
    user::{FieldError, FieldErrors},
};
use sqlx::PgConnection;

/// What stands now, held until the end of the transaction.
#[derive(Debug)]
pub struct Stored {
    /// Its data.
    pub data: UnitEdit,
    /// Its level.
    pub level: UnitLevel,
    /// Whether it is in use.
    pub state: UnitState,
    /// Counts edits.
    pub version: i32,
}

/// Holds the unit, if it lies in the scope.
///
/// # Errors
/// [`ServiceError::NotFound`] where it does not exist or lies outside.
pub async fn hold(tx: &mut PgConnection, scope: &Scope, id: UnitId) -> Result<Stored> {
    let units = scope.unit_numbers();
    let r = sqlx::query!(
        "select code, level, state, ent_id, bur, name, name_de, name_fr, name_en, canton_administrative,
           canton_geographic, version
         from units where organisation_id = $1 and id = $2 and ($3::bigint[] is null or path && $3)
         for no key update",
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_one(tx)
    .await?;
    let canton = |code: Option<String>| code.and_then(|c| c.parse().ok());
    Ok(Stored {
        data: UnitEdit {
            names: UnitNames {
                it: r.name,
                de: r.name_de.unwrap_or_default(),
                fr: r.name_fr.unwrap_or_default(),
                en: r.name_en.unwrap_or_default(),
            },
            code: r.code,
            ent_id: r.ent_id,
            bur: r.bur,
            canton_administrative: canton(r.canton_administrative),
            canton_geographic: canton(r.canton_geographic),
        },
        level: r.level.parse().map_err(ServiceError::internal)?,
        state: r.state.parse().map_err(ServiceError::internal)?,
        version: r.version,
    })
}

fn taken(e: sqlx::Error) -> ServiceError {
    let code = FieldErrors::one("code", FieldError::Taken);
    on_constraint(e, "units_code_key", ServiceError::Invalid(code))
}

fn maybe(name: &str) -> Option<&str> {
    (!name.is_empty()).then_some(name)
}

/// Adds a unit below `parent`.
///
/// # Errors
/// The field `code`, where another unit has it.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    parent: Option<UnitId>,
    level: UnitLevel,
    data: &UnitEdit,
) -> Result<UnitId> {
    let id = sqlx::query_scalar!(
        "insert into units (organisation_id, parent_id, code, level, name, name_de, name_fr, name_en, ent_id, bur,
           canton_administrative, canton_geographic)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id",
        organisation.0,
        parent.map(|p| p.0),
        data.code,
        level.code(),
        data.names.it,
        maybe(&data.names.de),
        maybe(&data.names.fr),
        maybe(&data.names.en),
        data.ent_id,
        data.bur,
        data.canton_administrative.map(Canton::code),
        data.canton_geographic.map(Canton::code),
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(taken)?;
    sqlx::query!(
        "update units u set path = coalesce((select p.path from units p
           where p.organisation_id = $1 and p.id = u.parent_id), '{}') || u.id
         where u.organisation_id = $1 and u.id = $2",
        organisation.0,
        id,
    )
    .execute(tx)
    .await?;
    Ok(UnitId(id))
}

/// Writes the data and counts the edit.
///
/// # Errors
/// The field `code`, where another unit has it.
pub async fn update(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UnitId,
    data: &UnitEdit,
) -> Result<()> {
    sqlx::query!(
        "update units set code = $3, name = $4, name_de = $5, name_fr = $6, name_en = $7, ent_id = $8, bur = $9,
           canton_administrative = $10, canton_geographic = $11, version = version + 1
         where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        data.code,
        data.names.it,
        maybe(&data.names.de),
        maybe(&data.names.fr),
        maybe(&data.names.en),
        data.ent_id,
        data.bur,
        data.canton_administrative.map(Canton::code),
        data.canton_geographic.map(Canton::code),
    )
    .execute(tx)
    .await
    .map_err(taken)?;
    Ok(())
}
