//! The run: letters come block by block, stand on the page until it is left, and are
//! confirmed as printed or called back. A reload shows that they were shown, not them.

use super::{leave::LettersGuard, paper::Paper, tally::Tally};
use crate::{
    api::{
        ApiError,
        letters::{confirm_letters, interrupt_letters, next_letters, read_letters},
    },
    i18n::{api_error, number, t, use_locale},
    state::Announcer,
    ui::{
        Button, ButtonKind, ConfirmDialog, LinkButton, Notice, PageHeader, Progress, SkeletonCards,
        Tone,
    },
};
use domain::{
    Locale,
    letter::{Letter, LetterRun, LetterSender, LetterState},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_params_map, use_query_map};

/// What the parts of the page share. The letters live here and nowhere else.
#[derive(Clone, Copy)]
struct Desk {
    l: Locale,
    id: i64,
    state: RwSignal<LetterState>,
    total: RwSignal<u64>,
    made_before: u64,
    letters: RwSignal<Vec<Letter>>,
    skipped: RwSignal<u64>,
    making: RwSignal<bool>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    asking: RwSignal<bool>,
    announcer: Option<Announcer>,
}

/// The page.
#[component]
pub fn Run() -> impl IntoView {
    let l = use_locale();
    let params = use_params_map();
    let id = params.with_untracked(|p| p.get("id").and_then(|id| id.parse::<i64>().ok()));
    let run = Resource::new(
        || (),
        move |()| async move {
            match id {
                Some(id) => read_letters(id).await,
                None => Err(ApiError::NotFound),
            }
        },
    );
    view! {
        <div class="no-print"><PageHeader title=t::letters::run_title(l) /></div>
        <Suspense fallback=move || {
            view! {
                <p class="muted">{t::letters::loading(l)}</p>
                <SkeletonCards count=2 />
            }
        }>
            {move || {
                run.get()
                    .map(|answer| match answer {
                        Ok(run) => view! { <Desktop run=run /> }.into_any(),
                        Err(e) => {
                            if e == ApiError::NotFound {
                                crate::state::page_not_found();
                            }
                            view! {
                                <Notice tone=Tone::Error>
                                    <p>{api_error(l, &e)}</p>
                                    <div class="notice__actions">
                                        <Button on_click=move || run.refetch()>{t::letters::retry(l)}</Button>
                                        <LinkButton href="/utenti" kind=ButtonKind::Quiet>{t::letters::back(l)}</LinkButton>
                                    </div>
                                </Notice>
                            }
                                .into_any()
                        }
                    })
            }}
        </Suspense>
    }
}

#[component]
fn Desktop(run: LetterRun) -> impl IntoView {
    let l = use_locale();
    let again = format!(
        "/utenti/lettere{}",
        use_query_map().with_untracked(|q| q.to_query_string())
    );
    let desk = Desk {
        l,
        id: run.id,
        state: RwSignal::new(run.state),
        total: RwSignal::new(run.total),
        made_before: run.made,
        letters: RwSignal::new(Vec::new()),
        skipped: RwSignal::new(0),
        making: RwSignal::new(false),
        busy: RwSignal::new(false),
        failure: RwSignal::new(None),
        asking: RwSignal::new(false),
        announcer: use_context(),
    };
    let sender = StoredValue::new(run.sender);
    // Values are made for a page that is alive, never while the server renders.
    Effect::new(move |first: Option<()>| {
        if first.is_none() && run.state == LetterState::Open && run.made == 0 {
            desk.make();
        }
    });
    let head = move || match desk.state.get() {
        LetterState::Printed => {
            let made = desk
                .letters
                .with(|all| all.len() as u64)
                .max(desk.made_before);
            end(
                l,
                Tone::Ok,
                t::letters::printed_title(l),
                t::letters::printed_text(l, number(l, made)),
                None,
            )
            .into_any()
        }
        LetterState::Interrupted => end(
            l,
            Tone::Warning,
            t::letters::void_title(l),
            t::letters::void_text(l).to_owned(),
            Some(again.clone()),
        )
        .into_any(),
        LetterState::Open if desk.made_before > 0 => lost(desk).into_any(),
        LetterState::Open => open(desk).into_any(),
    };
    view! {
        <div class="no-print page">{head}</div>
        <LettersGuard held=Signal::derive(move || {
            desk.state.get() == LetterState::Open && desk.letters.with(|all| !all.is_empty())
        }) />
        <Sheets desk=desk sender=sender />
        <ConfirmDialog
            id="letters-interrupt"
            open=desk.asking
            title=t::letters::interrupt_title(l)
            cancel_label=t::letters::keep(l)
            confirm_label=t::letters::interrupt_do(l)
            danger=true
            busy=desk.busy
            on_confirm=move || desk.interrupt()
        >
            <p>{t::letters::interrupt_text(l)}</p>
        </ConfirmDialog>
    }
}

impl Desk {
    /// Makes letters until none is left, the page is left, or something fails.
    fn make(self) {
        if self.making.get_untracked() {
            return;
        }
        self.failure.set(None);
        self.making.set(true);
        spawn_local(async move {
            loop {
                match next_letters(self.id).await {
                    Ok(block) => {
                        let done = block.left == 0;
                        let kept = self.letters.try_update(|all| all.extend(block.letters));
                        if kept.is_none() {
                            return;
                        }
                        self.total.update(|n| *n -= block.skipped);
                        self.skipped.update(|n| *n += block.skipped);
                        if done {
                            break;
                        }
                    }
                    Err(e) => {
                        let _ = self.failure.try_set(Some(e));
                        break;
                    }
                }
            }
            let _ = self.making.try_set(false);
            if let Some(announcer) = self.announcer {
                let n = self.letters.try_with_untracked(Vec::len).unwrap_or(0);
                announcer.outcome(t::letters::said_ready(self.l, n));
            }
        });
    }

    fn confirm(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer = confirm_letters(self.id).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    self.state.set(LetterState::Printed);
                    crate::ui::dom::focus_heading();
                }
                Err(e) => self.failure.set(Some(e)),
            }
        });
    }

    fn interrupt(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer = interrupt_letters(self.id).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            self.asking.set(false);
            match answer {
                Ok(_) => {
                    self.letters.set(Vec::new());
                    self.state.set(LetterState::Interrupted);
                }
                Err(e) => self.failure.set(Some(e)),
            }
        });
    }
}

/// Progress, then what to do with the letters.
fn open(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let made = move || desk.letters.with(|all| all.len() as u64);
    let progress = Signal::derive(move || {
        t::letters::progress(l, number(l, made()), number(l, desk.total.get()))
    });
    view! {
        {move || {
            (desk.making.get() || (made() < desk.total.get() && desk.failure.get().is_none()))
                .then(|| {
                    view! {
                        <Progress
                            id="letters-progress"
                            label=progress
                            value=Signal::derive(move || Some(made()))
                            max=desk.total
                        />
                    }
                })
        }}
        {move || failure(desk)}
        {move || {
            (!desk.making.get() && made() > 0)
                .then(|| {
                    let title = match made() {
                        1 => t::letters::ready_one(l).to_owned(),
                        n => t::letters::ready(l, number(l, n)),
                    };
                    let skipped = desk.skipped.get();
                    view! {
                        <Notice tone=Tone::Warning title=title>
                            <p>{t::letters::ready_text(l)}</p>
                            {(skipped > 0).then(|| view! { <p>{t::letters::skipped(l, number(l, skipped))}</p> })}
                            <div class="notice__actions">
                                <Button id="letters-print" kind=ButtonKind::Primary on_click=|| { let _ = window().print(); }>
                                    {t::letters::print(l)}
                                </Button>
                                <Button id="letters-confirm" busy=desk.busy on_click=move || desk.confirm()>
                                    {t::letters::confirm(l)}
                                </Button>
                                <Button kind=ButtonKind::Quiet on_click=move || desk.asking.set(true)>
                                    {t::letters::interrupted(l)}
                                </Button>
                            </div>
                        </Notice>
                    }
                })
        }}
    }
}

/// Something failed: what is ready stays, and it can go on from here.
fn failure(desk: Desk) -> Option<impl IntoView> {
    let l = desk.l;
    desk.failure.get().map(|e| {
        view! {
            <div role="alert">
                <Notice tone=Tone::Error title=t::letters::stopped(l)>
                    <p>{api_error(l, &e)}</p>
                    {(desk.made_before == 0)
                        .then(|| {
                            view! {
                                <div class="notice__actions">
                                    <Button on_click=move || desk.make()>{t::letters::go_on(l)}</Button>
                                </div>
                            }
                        })}
                </Notice>
            </div>
        }
    })
}

/// The page was loaded again: the values are gone from it for good.
fn lost(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let text = t::letters::lost_text(
        l,
        number(l, desk.made_before),
        number(l, desk.total.get_untracked()),
    );
    view! {
        {move || failure(desk)}
        <Notice tone=Tone::Warning title=t::letters::lost_title(l)>
            <p>{text}</p>
            <div class="notice__actions">
                <Button id="letters-confirm" busy=desk.busy on_click=move || desk.confirm()>{t::letters::confirm(l)}</Button>
                <Button on_click=move || desk.asking.set(true)>{t::letters::interrupted(l)}</Button>
            </div>
        </Notice>
    }
}

/// The run has ended.
fn end(
    l: Locale,
    tone: Tone,
    title: &'static str,
    text: String,
    again: Option<String>,
) -> impl IntoView {
    view! {
        <Notice tone=tone title=title>
            <p>{text}</p>
            <div class="notice__actions">
                {again.map(|href| view! { <LinkButton href=href kind=ButtonKind::Primary>{t::letters::again(l)}</LinkButton> })}
                <LinkButton href="/utenti">{t::letters::back(l)}</LinkButton>
            </div>
        </Notice>
    }
}

/// The letters as they will be on paper, and the tally page behind them.
#[component]
fn Sheets(desk: Desk, sender: StoredValue<LetterSender>) -> impl IntoView {
    let l = desk.l;
    let id = desk.id;
    let shown = Memo::new(move |_| {
        desk.state.get() == LetterState::Open && desk.letters.with(|all| !all.is_empty())
    });
    move || {
        shown.get().then(|| {
            view! {
                <section class="letters" aria-label=t::letters::region(l)>
                    <For each=move || desk.letters.get() key=|letter| letter.position let:letter>
                        <Paper letter=letter sender=sender run=id />
                    </For>
                    {move || {
                        (!desk.making.get())
                            .then(|| view! { <Tally letters=desk.letters sender=sender /> })
                    }}
                </section>
            }
        })
    }
}
