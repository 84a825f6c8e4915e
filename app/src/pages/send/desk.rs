//! What the page knows: the selection, its check, the send under way.

use crate::{
    api::{
        ApiError,
        sending::{check_sending, start_sending},
    },
    i18n::{api_error, number, t, use_locale},
    state::{Announcer, Selected},
    ui::{FieldError, dom},
    widgets::{EmailTarget, random_key},
};
use domain::{
    JobId, Locale,
    access::Denied,
    problem::Conflict,
    sending::{Key, SendCheck},
    user::Selection,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::{Deserialize, Serialize};

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The selection is being read and checked for the first time.
    Reading,
    /// Nobody is selected.
    Empty,
    /// The check failed.
    Failed,
    /// The check stands.
    Ready,
}

/// State of the page.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Language.
    pub l: Locale,
    /// Who is selected.
    pub selected: Selected,
    /// What is shown.
    pub phase: RwSignal<Phase>,
    /// How many are being checked for the first time.
    pub checking: RwSignal<Option<u64>>,
    /// The check that stands.
    pub found: RwSignal<Option<SendCheck>>,
    /// Why there is none.
    pub failure: RwSignal<Option<ApiError>>,
    /// A check is under way.
    pub busy: RwSignal<bool>,
    /// The send is being started.
    pub sending: RwSignal<bool>,
    /// What keeps it from starting.
    pub problems: RwSignal<Vec<FieldError>>,
    /// The typed number.
    pub typed: RwSignal<String>,
    /// What is wrong with it.
    pub typed_error: RwSignal<Option<String>>,
    /// The password is asked again before many are written to.
    pub confirming: RwSignal<bool>,
    /// Whose address is being corrected.
    pub target: RwSignal<Option<EmailTarget>>,
    /// Where the started operation is shown.
    go: Callback<(JobId,)>,
    announcer: Option<Announcer>,
    turn: StoredValue<u32>,
    left: StoredValue<bool>,
}

impl Desk {
    /// Opens the page and keeps the check up with the selection.
    pub fn open() -> Self {
        let navigate = use_navigate();
        let desk = Self {
            l: use_locale(),
            selected: Selected::of_page(),
            phase: RwSignal::new(Phase::Reading),
            checking: RwSignal::new(None),
            found: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            sending: RwSignal::new(false),
            problems: RwSignal::new(Vec::new()),
            typed: RwSignal::new(String::new()),
            typed_error: RwSignal::new(None),
            confirming: RwSignal::new(false),
            target: RwSignal::new(None),
            go: Callback::new(move |(id,): (JobId,)| {
                navigate(&format!("/operazioni/{id}"), NavigateOptions::default())
            }),
            announcer: use_context(),
            turn: StoredValue::new(0),
            left: StoredValue::new(false),
        };
        // The server knows no selection: it is read once the page is alive.
        Effect::new(move |_| {
            desk.selected.with(|_| ());
            if !desk.left.get_value() {
                desk.check();
            }
        });
        desk
    }

    fn selection(self) -> Selection {
        self.selected.with_untracked(Clone::clone)
    }

    /// Checks what is selected now. An older check still under way counts no more.
    pub fn check(self) {
        let selection = self.selection();
        let turn = self.turn.try_update_value(|t| {
            *t += 1;
            *t
        });
        if selection.is_empty() {
            self.phase.set(Phase::Empty);
            return;
        }
        if self.phase.get_untracked() != Phase::Ready {
            self.checking.set(Some(selection.len()));
            self.phase.set(Phase::Reading);
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer = check_sending(selection).await;
            if self.turn.try_get_value() == turn {
                self.checked(answer);
            }
        });
    }

    fn checked(self, answer: Result<SendCheck, ApiError>) {
        self.busy.set(false);
        match answer {
            Ok(found) => {
                if let Some(announcer) = self.announcer {
                    let out = found.excluded.iter().map(|g| g.count).sum();
                    announcer.status(t::sending::said_checked(
                        self.l,
                        number(self.l, found.recipients),
                        number(self.l, out),
                    ));
                }
                let again = self.phase.get_untracked() == Phase::Ready;
                self.found.set(Some(found));
                self.phase.set(Phase::Ready);
                // The row that was repaired is gone, and with it the focus.
                request_animation_frame(move || {
                    if again && dom::focused().is_none() {
                        dom::focus_id("send-summary");
                    }
                });
            }
            Err(e) => {
                self.failure.set(Some(e));
                self.phase.set(Phase::Failed);
            }
        }
    }

    /// Starts the send. Enter pressed twice, a double click, a reload: one operation.
    pub fn start(self) {
        let Some(found) = self.found.get_untracked() else {
            return;
        };
        if self.sending.get_untracked() || found.recipients == 0 {
            return;
        }
        self.typed_error.set(None);
        let typed = self.typed.with_untracked(|t| {
            t.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
                .parse::<u64>()
                .ok()
        });
        if found.must_type() && typed != Some(found.recipients) {
            self.refuse_typed(found.recipients);
            return;
        }
        self.problems.set(Vec::new());
        self.sending.set(true);
        let selection = self.selection();
        let key = intention(&selection);
        spawn_local(async move {
            match start_sending(selection, found.recipients, typed, key).await {
                Ok(id) => {
                    forget_intention();
                    self.left.set_value(true);
                    self.go.run((id,));
                    self.selected.clear();
                }
                Err(e) => self.refused(e),
            }
        });
    }

    fn refused(self, e: ApiError) {
        if self.sending.try_set(false).is_some() {
            return;
        }
        let l = self.l;
        match &e {
            ApiError::Denied(Denied::MustConfirm) => {
                self.confirming.set(true);
                return;
            }
            ApiError::Conflict(Conflict::SelectionChanged { .. }) => {
                self.typed.set(String::new());
                self.check();
            }
            ApiError::Invalid(fields) if fields.of("typed").is_some() => {
                self.refuse_typed(
                    self.found
                        .with_untracked(|f| f.as_ref().map_or(0, |f| f.recipients)),
                );
                return;
            }
            _ => {}
        }
        self.problems.set(vec![
            FieldError::new("", t::sending::not_started(l)),
            FieldError::new("", api_error(l, &e)),
        ]);
    }

    fn refuse_typed(self, recipients: u64) {
        let words = t::sending::typed_wrong(self.l, recipients);
        self.typed_error.set(Some(words.clone()));
        self.problems
            .set(vec![FieldError::new("send-typed", words)]);
    }
}

/// An intention to send: the key stays the same until the send has started, also across a
/// reload, so that an answer that was lost on the way does not send twice.
#[derive(Serialize, Deserialize)]
struct Intention {
    selection: Selection,
    key: Key,
}

const INTENTION: &str = "delega_invio";

fn intention(selection: &Selection) -> Key {
    let storage = window().session_storage().ok().flatten();
    let kept = storage
        .as_ref()
        .and_then(|s| s.get_item(INTENTION).ok().flatten());
    let known = kept
        .and_then(|text| serde_json::from_str::<Intention>(&text).ok())
        .filter(|i| i.selection == *selection);
    if let Some(known) = known {
        return known.key;
    }
    let intention = Intention {
        selection: selection.clone(),
        key: random_key(),
    };
    if let (Some(storage), Ok(text)) = (storage, serde_json::to_string(&intention)) {
        let _ = storage.set_item(INTENTION, &text);
    }
    intention.key
}

fn forget_intention() {
    if let Some(storage) = window().session_storage().ok().flatten() {
        let _ = storage.remove_item(INTENTION);
    }
}
