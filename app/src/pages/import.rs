//! «Importa»: choose a file (`/importa`), look at what it would do, confirm, follow
//! (`/importa/:id`).

mod preview;
mod table;
mod upload;
pub mod words;

pub use preview::ImportPreview;
pub use upload::Import;
pub use words::file_error;
