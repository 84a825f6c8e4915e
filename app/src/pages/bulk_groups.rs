//! `/utenti/gruppi`: «Modifica gruppi degli utenti selezionati» (ux §2.3, bulk version). A
//! page, because a selection of any size wants its effect read before it is confirmed.

mod choices;

use crate::{
    api::{
        ApiError,
        groups::{change_bulk_groups, check_bulk_groups, undo_bulk_groups},
    },
    i18n::{api_error, number, t, use_locale},
    state::{Announcer, Selected, Toasts},
    ui::{
        Button, ButtonKind, EmptyState, IconName, LinkButton, Notice, PageHeader, SkeletonCards,
        Tone,
    },
    widgets::Guarded,
};
use choices::{Choices, Effects};
use domain::{
    Locale,
    access::Right,
    problem::Conflict,
    user::{BulkChange, BulkCheck, BulkDone},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;

/// The page, for those who may manage users.
#[component]
pub fn BulkGroups() -> impl IntoView {
    let l = use_locale();
    view! {
        <Guarded right=Right::ManageUsers>
            <Title text=t::bulk::title(l) />
            <Page />
        </Guarded>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Reading,
    Empty,
    Failed,
    Ready,
    Done,
}

/// State of the page.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Language.
    pub l: Locale,
    selected: Selected,
    phase: RwSignal<Phase>,
    /// What the change would do.
    pub check: RwSignal<Option<BulkCheck>>,
    /// What is asked for.
    pub change: RwSignal<BulkChange>,
    busy: RwSignal<bool>,
    saving: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    refused: RwSignal<Option<String>>,
    done: RwSignal<Option<BulkDone>>,
    turn: StoredValue<u32>,
    toasts: Option<Toasts>,
    announcer: Option<Announcer>,
}

#[component]
fn Page() -> impl IntoView {
    let l = use_locale();
    let desk = Desk {
        l,
        selected: Selected::of_page(),
        phase: RwSignal::new(Phase::Reading),
        check: RwSignal::new(None),
        change: RwSignal::new(BulkChange::default()),
        busy: RwSignal::new(false),
        saving: RwSignal::new(false),
        failure: RwSignal::new(None),
        refused: RwSignal::new(None),
        done: RwSignal::new(None),
        turn: StoredValue::new(0),
        toasts: use_context(),
        announcer: use_context(),
    };
    // The server knows no selection: it is read once the page is alive.
    Effect::new(move |_| {
        desk.selected.with(|_| ());
        if desk.phase.get_untracked() != Phase::Done {
            desk.read();
        }
    });
    let phase = Memo::new(move |_| desk.phase.get());
    view! {
        <PageHeader title=t::bulk::title(l) />
        {move || match phase.get() {
            Phase::Reading => {
                view! {
                    <div aria-busy="true">
                        <p class="muted">{move || t::bulk::reading(l, number(l, desk.selected.len()))}</p>
                        <SkeletonCards count=2 />
                    </div>
                }
                    .into_any()
            }
            Phase::Empty => {
                view! {
                    <EmptyState title=t::bulk::empty(l) icon=IconName::Users>
                        <p>{t::bulk::empty_text(l)}</p>
                        <LinkButton href="/utenti" kind=ButtonKind::Primary>{t::bulk::to_list(l)}</LinkButton>
                    </EmptyState>
                }
                    .into_any()
            }
            Phase::Failed => {
                view! {
                    <Notice tone=Tone::Error title=t::bulk::failed(l)>
                        <p>{move || desk.failure.get().map(|e| api_error(l, &e))}</p>
                        <div class="notice__actions">
                            <Button on_click=move || desk.read()>{t::bulk::retry(l)}</Button>
                            <LinkButton href="/utenti" kind=ButtonKind::Quiet>{t::bulk::back(l)}</LinkButton>
                        </div>
                    </Notice>
                }
                    .into_any()
            }
            Phase::Ready => view! { <Ready desk=desk /> }.into_any(),
            Phase::Done => view! { <Done desk=desk /> }.into_any(),
        }}
    }
}

#[component]
fn Ready(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let selected = move || {
        desk.check
            .with(|c| match c.as_ref().map_or(0, |c| c.selected) {
                1 => t::bulk::selected_one(l).to_owned(),
                n => t::bulk::selected(l, number(l, n)),
            })
    };
    let changed = Memo::new(move |_| desk.check.with(|c| c.as_ref().map_or(0, |c| c.changed)));
    let label = move || match changed.get() {
        1 => t::bulk::submit_one(l).to_owned(),
        n => t::bulk::submit(l, number(l, n)),
    };
    let why = Signal::derive(move || {
        if desk.change.with(BulkChange::is_empty) {
            Some(t::bulk::no_changes(l).to_owned())
        } else if changed.get() == 0 && !desk.busy.get() {
            Some(t::bulk::nobody(l).to_owned())
        } else {
            None
        }
    });
    let waiting = Signal::derive(move || desk.saving.get() || desk.busy.get());
    view! {
        <form
            class="bulk"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                desk.save();
            }
        >
            <p><strong>{selected}</strong> " " <span class="muted">{t::bulk::lead(l)}</span></p>
            {move || {
                desk.refused
                    .get()
                    .map(|words| {
                        view! { <div role="alert"><Notice tone=Tone::Error title=t::bulk::not_saved(l)><p>{words}</p></Notice></div> }
                    })
            }}
            <div class="bulk__columns">
                <Choices desk=desk />
                <Effects desk=desk />
            </div>
            <div class="action-bar">
                <Button id="bulk-save" kind=ButtonKind::Primary submit=true busy=waiting disabled_reason=why icon=IconName::Users>
                    {label}
                </Button>
                <LinkButton href="/utenti">{t::bulk::back(l)}</LinkButton>
            </div>
        </form>
    }
}

/// What was done, with the way back: it stands here as long as the page does.
#[component]
fn Done(desk: Desk) -> impl IntoView {
    let l = desk.l;
    move || {
        desk.done.get().map(|done| {
            view! {
                <Notice tone=Tone::Ok title=t::bulk::done_title(l)>
                    <p>{saved_words(l, done.changed)}</p>
                    <div class="notice__actions">
                        <LinkButton href="/utenti" kind=ButtonKind::Primary>{t::bulk::back(l)}</LinkButton>
                        <LinkButton href=format!("/registro?insieme={}", done.batch)>{t::bulk::in_trail(l)}</LinkButton>
                    </div>
                </Notice>
            }
        })
    }
}

fn saved_words(l: Locale, n: u64) -> String {
    match n {
        1 => t::bulk::saved_one(l).to_owned(),
        n => t::bulk::saved(l, number(l, n)),
    }
}

impl Desk {
    /// Reads what the change would do to the selection now. An older answer still under way
    /// counts no more.
    pub fn read(self) {
        let selection = self.selected.with_untracked(Clone::clone);
        let turn = self.turn.try_update_value(|t| {
            *t += 1;
            *t
        });
        if selection.is_empty() {
            self.phase.set(Phase::Empty);
            return;
        }
        if self.phase.get_untracked() != Phase::Ready {
            self.phase.set(Phase::Reading);
        }
        self.busy.set(true);
        let change = self.change.get_untracked();
        spawn_local(async move {
            let answer = check_bulk_groups(selection, change).await;
            if self.turn.try_get_value() != turn {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(check) => {
                    self.check.set(Some(check));
                    self.phase.set(Phase::Ready);
                }
                Err(e) => {
                    self.failure.set(Some(e));
                    self.phase.set(Phase::Failed);
                }
            }
        });
    }

    /// Does it. A second press while it is under way does nothing.
    fn save(self) {
        let l = self.l;
        let Some(expected) = self.check.with_untracked(|c| c.as_ref().map(|c| c.changed)) else {
            return;
        };
        let change = self.change.get_untracked();
        if self.saving.get_untracked()
            || self.busy.get_untracked()
            || change.is_empty()
            || expected == 0
        {
            return;
        }
        self.refused.set(None);
        self.saving.set(true);
        let selection = self.selected.with_untracked(Clone::clone);
        spawn_local(async move {
            let answer = change_bulk_groups(selection, change, expected).await;
            if self.saving.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(done) => self.saved(done),
                Err(ApiError::Conflict(Conflict::SelectionChanged { now, .. })) => {
                    self.refused.set(Some(t::bulk::drift(l, number(l, now))));
                    self.read();
                }
                Err(e) => self.refused.set(Some(api_error(l, &e))),
            }
        });
    }

    fn saved(self, done: BulkDone) {
        let l = self.l;
        self.phase.set(Phase::Done);
        self.done.set(Some(done));
        self.selected.clear();
        if let Some(toasts) = self.toasts {
            toasts.push_with_action(
                Tone::Ok,
                saved_words(l, done.changed),
                t::bulk::undo(l),
                move || self.undo(done.batch),
            );
        }
    }

    fn undo(self, batch: i64) {
        let l = self.l;
        spawn_local(async move {
            let answer = undo_bulk_groups(batch).await;
            let Some(toasts) = self.toasts else { return };
            match answer {
                Ok(done) if done.skipped == 0 => {
                    toasts.push(Tone::Ok, t::bulk::undone(l, number(l, done.changed)));
                }
                Ok(done) => {
                    let (n, left) = (number(l, done.changed), number(l, done.skipped));
                    toasts.push(Tone::Warning, t::bulk::undone_but(l, left, n));
                }
                Err(e) => {
                    toasts.push(Tone::Error, api_error(l, &e));
                    if let Some(announcer) = self.announcer {
                        announcer.outcome(api_error(l, &e));
                    }
                    return;
                }
            }
            let _ = self.done.try_set(None);
        });
    }
}
