//! What step 1 edits: the draft in the page, kept on the server after every change.

use crate::{
    api::authorisations::keep_draft,
    i18n::{api_error, registration::draft_problem, t},
    state::Announcer,
};
use domain::{
    Locale,
    authorisation::{AuthorisationDraft, DraftProfile, RoleChoice, WizardView},
};
use leptos::{prelude::*, task::spawn_local};

/// Shared by the parts of the step; cheap to copy.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Language.
    pub l: Locale,
    /// What was read.
    pub view: StoredValue<WizardView>,
    /// What is edited.
    pub draft: RwSignal<AuthorisationDraft>,
    /// What is wrong with it, in words, by the server's last look.
    pub problems: RwSignal<Vec<String>>,
    /// Keeping failed.
    pub failed: RwSignal<Option<String>>,
    /// Keeping is under way.
    pub saving: RwSignal<bool>,
    dirty: StoredValue<bool>,
    announcer: Option<Announcer>,
}

impl Desk {
    /// Over what was read.
    pub fn new(l: Locale, view: WizardView) -> Self {
        let mut draft = view.draft.clone();
        draft.chosen = draft.chosen.min(draft.profiles.len().saturating_sub(1));
        Self {
            l,
            draft: RwSignal::new(draft),
            view: StoredValue::new(view),
            problems: RwSignal::new(Vec::new()),
            failed: RwSignal::new(None),
            saving: RwSignal::new(false),
            dirty: StoredValue::new(false),
            announcer: use_context(),
        }
    }

    /// Changes the draft and keeps it.
    pub fn change(self, f: impl FnOnce(&mut AuthorisationDraft)) {
        self.draft.update(f);
        self.dirty.set_value(true);
        self.keep();
    }

    /// Changes the chosen profile and keeps the draft.
    pub fn change_profile(self, f: impl FnOnce(&mut DraftProfile)) {
        self.change(|d| {
            let chosen = d.chosen;
            if let Some(profile) = d.profiles.get_mut(chosen) {
                f(profile);
            }
        });
    }

    /// Says an outcome to those who hear the page.
    pub fn say(self, words: String) {
        if let Some(announcer) = self.announcer {
            announcer.status(words);
        }
    }

    /// One call at a time; what changed meanwhile goes with the next.
    fn keep(self) {
        if self.saving.get_untracked() {
            return;
        }
        self.saving.set(true);
        self.dirty.set_value(false);
        let (id, key) = self.view.with_value(|v| (v.user, v.key));
        let draft = self.draft.get_untracked();
        spawn_local(async move {
            let answer = keep_draft(id, draft, key).await;
            if self.saving.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(problems) => {
                    self.failed.set(None);
                    let words = problems.iter().map(|p| draft_problem(self.l, p));
                    self.problems.set(words.collect());
                }
                Err(e) => self
                    .failed
                    .set(Some(t::wizard::not_saved(self.l, api_error(self.l, &e)))),
            }
            if self.dirty.try_get_value() == Some(true) {
                self.keep();
            }
        });
    }

    /// The name of a profile as shown.
    pub fn profile_name(self, place: usize) -> String {
        self.draft.with(|d| name_of(self.l, d, place))
    }

    /// A role.
    pub fn role(self, id: domain::GroupId) -> Option<RoleChoice> {
        self.view.with_value(|v| v.role(id).cloned())
    }

    /// A unit in words.
    pub fn unit_name(self, id: Option<domain::UnitId>) -> String {
        self.view.with_value(|v| unit_name(self.l, v, id))
    }
}

/// A unit in words; the whole organisation where there is none.
pub fn unit_name(l: Locale, view: &WizardView, id: Option<domain::UnitId>) -> String {
    match id {
        None => t::wizard::whole(l).to_owned(),
        Some(id) => view.unit(id).unwrap_or_default().to_owned(),
    }
}

/// The name of a profile, or «Profilo 1».
pub fn name_of(l: Locale, draft: &AuthorisationDraft, place: usize) -> String {
    match draft.profiles.get(place).map(|p| p.name.trim()) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => t::wizard::profile_n(l, place + 1),
    }
}
