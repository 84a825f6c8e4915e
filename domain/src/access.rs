//! Who may do what: [`decide`] is the only place with permission rules.

mod actor;
mod decide;
mod granting;
mod scope;
mod seeded;

pub use actor::{Actor, Held, Placed, Right, narrow};
pub use decide::{
    Action, CONFIRM_MINUTES, Denied, confirmed, decide, decide_on_account, decide_on_holder,
};
pub use granting::{
    DELEGATION, FEDERAL, GrantRefusal, Granter, KT_SUPERUSER, RoleFacts, SCHOOL, decide_on_group,
    decide_on_role, decide_on_settings, decide_on_view,
};
pub use scope::Scope;
pub use seeded::{ADMINISTRATORS, SeededGroup, seeded_groups};
