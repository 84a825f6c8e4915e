//! Who is signed in, for what is shown. What is allowed is decided by the services.

use domain::{access::Right, organisation::OrganisationKind, session::SessionView};
use leptos::prelude::*;

/// The session of this page; empty on public pages. The server puts it into the document
/// (see [`super::page_session`]), so it is there from the first moment on both sides.
#[derive(Clone, Copy)]
pub struct Session(RwSignal<Option<SessionView>>);

impl Session {
    /// Makes it and puts it into the context. Call once, in the root component.
    pub fn provide() -> Self {
        let session = Self(RwSignal::new(super::page_session()));
        provide_context(session);
        session
    }

    /// Changes a part of it, such as the number of running operations.
    pub fn update(self, change: impl FnOnce(&mut SessionView)) {
        let _ = self.0.try_update(|view| {
            if let Some(view) = view {
                change(view);
            }
        });
    }

    /// What is known of it. Only [`Self::running_jobs`] and [`Self::open_discrepancies`] change while a page is
    /// open, so the others are plain values, for views and event handlers alike.
    pub fn view(self) -> Option<SessionView> {
        self.0.try_get_untracked().flatten()
    }

    /// Whether the right is held anywhere in the organisation.
    pub fn holds(self, right: Right) -> bool {
        self.0
            .with_untracked(|view| view.as_ref().is_some_and(|v| v.holds(right)))
    }

    /// Whether the organisation is a canton. It never changes while a page is open.
    pub fn is_canton(self) -> bool {
        self.0.with_untracked(|view| {
            view.as_ref()
                .is_some_and(|v| v.kind == OrganisationKind::Canton)
        })
    }

    /// Whether the person holds any right: whoever acts has a trail.
    pub fn acts(self) -> bool {
        Right::ALL.into_iter().any(|right| self.holds(right))
    }

    /// Who can give a missing right: names, at most five.
    pub fn administrators(self) -> Vec<String> {
        self.0.with_untracked(|view| {
            view.as_ref()
                .map(|v| v.administrators.clone())
                .unwrap_or_default()
        })
    }

    /// Whom to ask, as the organisation has written it; empty where it has not.
    pub fn contact(self) -> String {
        self.0
            .with_untracked(|view| view.as_ref().map(|v| v.contact.clone()).unwrap_or_default())
    }

    /// The organisation's name; «Delega» where nobody is signed in.
    pub fn house(self) -> String {
        self.0.with_untracked(|view| {
            view.as_ref()
                .map_or_else(|| "Delega".to_owned(), |v| v.organisation_name.clone())
        })
    }

    /// The same for the document's title, which the server writes unescaped.
    pub fn house_in_title(self) -> String {
        self.house().replace(['<', '>'], "")
    }

    /// How many discrepancies nobody has decided; follows changes.
    pub fn open_discrepancies(self) -> u32 {
        self.0
            .with(|view| view.as_ref().map_or(0, |v| v.open_discrepancies))
    }

    /// How many operations wait or run; follows changes.
    pub fn running_jobs(self) -> u32 {
        self.0
            .with(|view| view.as_ref().map_or(0, |v| v.running_jobs))
    }
}

/// The session of this page.
pub fn use_session() -> Session {
    use_context().unwrap_or_else(Session::provide)
}
