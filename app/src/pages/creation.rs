//! `/allineamento/creazione`: what would be created, who is left out and why; then the
//! creation. A page, not a modal, as for sending credentials.

use crate::{
    api::{
        ApiError,
        creation::{check_creation, create_users},
    },
    i18n::{api_error, number, t, use_locale},
    state::Creation,
    ui::{
        Button, ButtonKind, CheckboxField, EmptyState, ErrorSummary, FieldError, IconName,
        LinkButton, Notice, PageHeader, SkeletonCards, TextField, Tone,
    },
    widgets::{ConfirmPassword, Guarded, person_search::kind_name},
};
use domain::{
    Locale,
    access::{Denied, Right},
    alignment::{CreationCheck, SkipReason},
    problem::Conflict,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The page, for those who may create users.
#[component]
pub fn CreateUsers() -> impl IntoView {
    let l = use_locale();
    view! {
        <Guarded right=Right::ManageUsers>
            <Title text=t::creation::check_title(l) />
            <Check />
        </Guarded>
    }
}

#[derive(Clone, Copy)]
struct Desk {
    l: Locale,
    wish: StoredValue<Option<Creation>>,
    found: RwSignal<Option<Option<Result<CreationCheck, ApiError>>>>,
    problems: RwSignal<Vec<FieldError>>,
    typed: RwSignal<String>,
    confirmed: RwSignal<bool>,
    confirming: RwSignal<bool>,
    busy: RwSignal<bool>,
    go: Callback<(String,)>,
}

impl Desk {
    fn check(self) {
        let Some(wish) = self.wish.get_value() else {
            self.found.set(Some(None));
            return;
        };
        spawn_local(async move {
            let answer = check_creation(wish.pick, wish.group).await;
            let _ = self.found.try_set(Some(Some(answer)));
        });
    }

    fn back(self) -> String {
        let back = self.wish.with_value(|w| w.as_ref().map(|w| w.back.clone()));
        back.unwrap_or_else(|| "/allineamento?scheda=crea".to_owned())
    }

    fn start(self, check: &CreationCheck) {
        let l = self.l;
        let Some(wish) = self.wish.get_value() else {
            return;
        };
        if self.busy.get_untracked() {
            return;
        }
        let typed = self.typed.with_untracked(|t| {
            let digits: String = t.chars().filter(char::is_ascii_digit).collect();
            digits.parse::<u64>().ok()
        });
        let mut problems = Vec::new();
        if check.must_type() && typed != Some(check.create) {
            let words = t::creation::type_number(l, number(l, check.create));
            problems.push(FieldError::new("creation-typed", words));
        }
        if check.unlikely && !self.confirmed.get_untracked() {
            problems.push(FieldError::new(
                "creation-confirmed",
                t::creation::unlikely_required(l),
            ));
        }
        let stop = !problems.is_empty();
        self.problems.set(problems);
        if stop {
            return;
        }
        self.busy.set(true);
        let (create, confirmed) = (check.create, self.confirmed.get_untracked());
        spawn_local(async move {
            let key = Creation::key();
            let answer = create_users(wish.pick, wish.group, create, typed, confirmed, key).await;
            match answer {
                Ok(job) => {
                    Creation::forget();
                    self.go.run((format!("/operazioni/{job}"),));
                }
                Err(e) => {
                    if self.busy.try_set(false).is_some() {
                        return;
                    }
                    if matches!(e, ApiError::Denied(Denied::MustConfirm)) {
                        self.confirming.set(true);
                        return;
                    }
                    if matches!(e, ApiError::Conflict(Conflict::SelectionChanged { .. })) {
                        self.check();
                    }
                    self.problems.set(vec![
                        FieldError::new("", t::creation::not_created(l)),
                        FieldError::new("", api_error(l, &e)),
                    ]);
                }
            }
        });
    }
}

#[component]
fn Check() -> impl IntoView {
    let l = use_locale();
    let navigate = use_navigate();
    let desk = Desk {
        l,
        wish: StoredValue::new(None),
        found: RwSignal::new(None),
        problems: RwSignal::new(Vec::new()),
        typed: RwSignal::new(String::new()),
        confirmed: RwSignal::new(false),
        confirming: RwSignal::new(false),
        busy: RwSignal::new(false),
        go: Callback::new(move |(to,): (String,)| navigate(&to, NavigateOptions::default())),
    };
    // The server knows no selection: it is read once the page is alive.
    Effect::new(move |_| {
        desk.wish.set_value(Creation::kept());
        desk.check();
    });
    view! {
        <PageHeader title=t::creation::check_title(l) />
        <ConfirmPassword
            open=desk.confirming
            on_done=move |()| {
                if let Some(Some(Ok(check))) = desk.found.get_untracked() {
                    desk.start(&check);
                }
            }
        />
        {move || match desk.found.get() {
            None => view! {
                <div aria-busy="true">
                    <p class="muted">{t::creation::checking(l)}</p>
                    <SkeletonCards count=2 />
                </div>
            }
                .into_any(),
            Some(None) => view! {
                <EmptyState title=t::creation::nothing_title(l) icon=IconName::Users>
                    <p>{t::creation::nothing_text(l)}</p>
                    <LinkButton href="/allineamento?scheda=crea" kind=ButtonKind::Primary>
                        {t::creation::back(l)}
                    </LinkButton>
                </EmptyState>
            }
                .into_any(),
            Some(Some(Err(e))) => view! {
                <Notice tone=Tone::Error title=t::alignment::failed(l)>
                    <p>{api_error(l, &e)}</p>
                    <div class="notice__actions">
                        <Button on_click=move || desk.check()>{t::alignment::retry(l)}</Button>
                        <LinkButton href=desk.back() kind=ButtonKind::Quiet>{t::creation::back(l)}</LinkButton>
                    </div>
                </Notice>
            }
                .into_any(),
            Some(Some(Ok(check))) => view! { <Ready desk=desk check=check /> }.into_any(),
        }}
    }
}

/// Numbers, who is left out, the confirmation, the act.
#[component]
fn Ready(desk: Desk, check: CreationCheck) -> impl IntoView {
    let l = desk.l;
    let fact = |n: u64, words: String, main: bool| {
        let class = if main {
            "send-facts__row send-facts__row--main"
        } else {
            "send-facts__row"
        };
        view! {
            <li class=class>
                <span class="send-facts__number">{number(l, n)}</span>
                <span class="send-facts__text">{words}</span>
            </li>
        }
    };
    let mails = check.create - check.letters;
    let skipped = check
        .skipped
        .iter()
        .map(|(reason, n)| fact(*n, skip_words(l, *reason).to_owned(), false))
        .collect_view();
    let first = check
        .first
        .iter()
        .map(|p| view! { <li>{format!("{}: {}", p.name, why(l, p.reason))}</li> })
        .collect_view();
    let kinds: Vec<&str> = check.kinds.iter().map(|k| kind_name(l, *k)).collect();
    let unlikely = check.unlikely.then(|| {
        view! {
            <Notice tone=Tone::Warning title=t::creation::unlikely_title(l, &check.group.name, kinds.join(", "))>
                <CheckboxField
                    id="creation-confirmed"
                    label=t::creation::unlikely_confirm(l)
                    checked=desk.confirmed
                    on_change=move |(on,): (bool,)| desk.confirmed.set(on)
                />
            </Notice>
        }
    });
    let typed = check.must_type().then(|| {
        view! {
            <TextField
                id="creation-typed"
                label=t::creation::type_number(l, number(l, check.create))
                value=desk.typed
                inputmode="numeric"
                autocomplete="off"
                required=true
            />
        }
    });
    let start = match check.create {
        1 => t::creation::start_one(l).to_owned(),
        n => t::creation::start(l, number(l, n)),
    };
    let has_first = !check.first.is_empty();
    let create = check.create;
    let checked = StoredValue::new(check.clone());
    view! {
        <div class="page">
            <ErrorSummary id="creation-problem" title=t::creation::problem(l) errors=desk.problems />
            <section aria-labelledby="creation-summary">
                <h2 id="creation-summary">{t::creation::picked(l, number(l, check.picked))}</h2>
                <ul class="send-facts">
                    {fact(create, t::creation::will_create(l, &check.group.name), true)}
                    {(mails > 0).then(|| fact(mails, t::creation::will_mail(l).to_owned(), false))}
                    {(check.letters > 0)
                        .then(|| fact(check.letters, t::creation::will_letter(l).to_owned(), false))}
                    {(check.shared > 0).then(|| fact(check.shared, t::creation::will_share(l).to_owned(), false))}
                    {skipped}
                </ul>
                {has_first.then(|| view! { <ul class="list muted">{first}</ul> })}
            </section>
            {(create == 0).then(|| view! { <Notice tone=Tone::Warning>{t::creation::nobody(l)}</Notice> })}
            {(create > 0)
                .then(|| {
                    view! {
                        <Notice tone=Tone::Warning>
                            <p>{t::creation::warning(l)}</p>
                            <p>{t::creation::days(l, check.password_days)}</p>
                        </Notice>
                    }
                })}
            {unlikely}
            {typed}
            <div class="align-actions">
                {(create > 0)
                    .then(|| {
                        view! {
                            <Button
                                id="creation-start"
                                kind=ButtonKind::Primary
                                busy=desk.busy
                                on_click=move || checked.with_value(|c| desk.start(c))
                            >
                                {start}
                            </Button>
                        }
                    })}
                <LinkButton href=desk.back()>{t::creation::back(l)}</LinkButton>
            </div>
        </div>
    }
}

fn skip_words(l: Locale, reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Linked => t::creation::skip_linked(l),
        SkipReason::SameCode => t::creation::skip_same_code(l),
        SkipReason::Inactive => t::creation::skip_inactive(l),
        SkipReason::Twice => t::creation::skip_twice(l),
    }
}

fn why(l: Locale, reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Linked => t::creation::why_linked(l),
        SkipReason::SameCode => t::creation::why_same_code(l),
        SkipReason::Inactive => t::creation::why_inactive(l),
        SkipReason::Twice => t::creation::why_twice(l),
    }
}
