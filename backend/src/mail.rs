//! Mails: typed facts become subject, text and HTML in the recipient's language, then a
//! message, and leave by SMTP or into a folder.

mod message;
mod password_link;
mod registration;
mod render;
mod text;
pub mod transport;
mod words;

pub use message::{Letter, Outgoing, Parcel};
pub use password_link::{LinkFacts, UserLink, render_links};
pub use registration::{RegistrationFacts, render_registration};
pub use render::{Institution, MailFacts, Rendered, render};
pub use transport::{Outcome, Reply, Transport, TransportError};
pub(crate) use words::moment;
