//! Who gets a letter, how many, and what it voids; then the act.

use super::unconfirmed::Unconfirmed;
use crate::{
    api::{
        ApiError,
        letters::{check_letters, start_letters},
    },
    i18n::{api_error, number, t, use_locale},
    state::{Announcer, Selected},
    ui::{
        Button, ButtonKind, EmptyState, ErrorSummary, FieldError, IconName, LinkButton, Notice,
        PageHeader, SkeletonCards, TextField, Tone,
    },
    widgets::{ConfirmPassword, random_key},
};
use domain::{
    JobId, Locale,
    access::Denied,
    job::Exclusion,
    letter::{LetterCheck, LetterTarget},
    problem::Conflict,
    sending::{Key, TYPED_ABOVE},
    user::Selection,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// State of the page.
#[derive(Clone, Copy)]
struct Desk {
    l: Locale,
    target: StoredValue<Option<LetterTarget>>,
    found: RwSignal<Option<Result<LetterCheck, ApiError>>>,
    empty: RwSignal<bool>,
    starting: RwSignal<bool>,
    confirming: RwSignal<bool>,
    typed: RwSignal<String>,
    typed_error: RwSignal<Option<String>>,
    problems: RwSignal<Vec<FieldError>>,
    key: StoredValue<Option<Key>>,
    go: Callback<(i64,)>,
    announcer: Option<Announcer>,
}

/// The page.
#[component]
pub fn Check() -> impl IntoView {
    let l = use_locale();
    let navigate = use_navigate();
    let query = use_query_map();
    // Whom the letters are for goes along, so that they can be printed anew.
    let rest = query.with_untracked(|q| q.to_query_string());
    let (way, job) = query.with_untracked(|q| {
        let job = q.get("operazione").and_then(|id| id.parse::<JobId>().ok());
        (q.get("chi"), job)
    });
    let selected = Selected::of_page();
    let desk = Desk {
        l,
        target: StoredValue::new(None),
        found: RwSignal::new(None),
        empty: RwSignal::new(false),
        starting: RwSignal::new(false),
        confirming: RwSignal::new(false),
        typed: RwSignal::new(String::new()),
        typed_error: RwSignal::new(None),
        problems: RwSignal::new(Vec::new()),
        key: StoredValue::new(None),
        go: Callback::new(move |(id,): (i64,)| {
            let to = format!("/utenti/lettere/{id}{rest}");
            navigate(&to, NavigateOptions::default());
        }),
        announcer: use_context(),
    };
    // The server knows no selection: it is read once the page is alive.
    Effect::new(move |_| {
        let selection = selected.with(Selection::clone);
        let target = match (job, way.as_deref()) {
            (Some(job), _) => LetterTarget::Failed(job),
            (None, Some("senza-mail")) => LetterTarget::WithoutMailbox(selection.clone()),
            _ => LetterTarget::Selected(selection.clone()),
        };
        desk.empty.set(job.is_none() && selection.is_empty());
        desk.target.set_value(Some(target));
        desk.check();
    });
    view! {
        <PageHeader title=t::letters::title(l) />
        <Unconfirmed />
        <ConfirmPassword
            open=desk.confirming
            on_done=move |()| {
                if let Some(Ok(found)) = desk.found.get_untracked() {
                    desk.start(found.letters);
                }
            }
        />
        {move || {
            if desk.empty.get() {
                return view! {
                    <EmptyState title=t::letters::empty_title(l) icon=IconName::Users>
                        <p>{t::letters::empty_text(l)}</p>
                        <LinkButton href="/utenti" kind=ButtonKind::Primary>{t::letters::to_list(l)}</LinkButton>
                    </EmptyState>
                }
                    .into_any();
            }
            match desk.found.get() {
                None => view! {
                    <div aria-busy="true">
                        <p class="muted">{t::letters::reading(l)}</p>
                        <SkeletonCards count=2 />
                    </div>
                }
                    .into_any(),
                Some(Err(e)) => view! {
                    <Notice tone=Tone::Error title=t::letters::failed(l)>
                        <p>{api_error(l, &e)}</p>
                        <div class="notice__actions">
                            <Button on_click=move || desk.check()>{t::letters::retry(l)}</Button>
                            <LinkButton href="/utenti" kind=ButtonKind::Quiet>{t::letters::back(l)}</LinkButton>
                        </div>
                    </Notice>
                }
                    .into_any(),
                Some(Ok(found)) => ready(desk, found).into_any(),
            }
        }}
    }
}

impl Desk {
    fn check(self) {
        let Some(target) = self.target.get_value() else {
            return;
        };
        if self.empty.get_untracked() {
            return;
        }
        spawn_local(async move {
            let answer = check_letters(target).await;
            if let (Ok(found), Some(announcer)) = (&answer, self.announcer) {
                announcer.status(t::letters::submit(self.l, number(self.l, found.letters)));
            }
            let _ = self.found.try_set(Some(answer));
        });
    }

    /// Begins the run. Enter pressed twice, a double click: one run.
    fn start(self, letters: u64) {
        if self.starting.get_untracked() || letters == 0 {
            return;
        }
        self.typed_error.set(None);
        let typed = self.typed.with_untracked(|t| {
            let digits: String = t.chars().filter(char::is_ascii_digit).collect();
            digits.parse::<u64>().ok()
        });
        if letters > TYPED_ABOVE && typed != Some(letters) {
            let words = t::letters::typed_wrong(self.l, letters);
            self.typed_error.set(Some(words.clone()));
            self.problems
                .set(vec![FieldError::new("letters-typed", words)]);
            return;
        }
        let Some(target) = self.target.get_value() else {
            return;
        };
        let key = self.key.get_value().unwrap_or_else(random_key);
        self.key.set_value(Some(key));
        self.problems.set(Vec::new());
        self.starting.set(true);
        spawn_local(async move {
            match start_letters(target, letters, typed, key).await {
                Ok(id) => self.go.run((id,)),
                Err(e) => {
                    if self.starting.try_set(false).is_some() {
                        return;
                    }
                    if matches!(e, ApiError::Denied(Denied::MustConfirm)) {
                        self.confirming.set(true);
                        return;
                    }
                    self.problems
                        .set(vec![FieldError::new("", api_error(self.l, &e))]);
                    if matches!(e, ApiError::Conflict(Conflict::SelectionChanged { .. })) {
                        self.typed.set(String::new());
                        self.check();
                    }
                }
            }
        });
    }
}

fn ready(desk: Desk, found: LetterCheck) -> impl IntoView {
    let l = desk.l;
    let letters = found.letters;
    let heading = match found.selected {
        1 => t::letters::selected_one(l).to_owned(),
        n => t::letters::selected(l, number(l, n)),
    };
    let word = if letters == 1 {
        t::letters::letters_one(l)
    } else {
        t::letters::letters_n(l)
    };
    let left_out = found
        .excluded
        .iter()
        .map(|group| {
            view! {
                <li class="send-facts__row">
                    <span class="send-facts__number">{number(l, group.count)}</span>
                    <span class="send-facts__text">{exclusion(l, group.reason)}</span>
                </li>
            }
        })
        .collect_view();
    let label = match letters {
        1 => t::letters::submit_one(l).to_owned(),
        n => t::letters::submit(l, number(l, n)),
    };
    let impossible = (letters == 0).then(|| t::letters::nobody(l).to_owned());
    let must_type = letters > TYPED_ABOVE;
    view! {
        <div class="page">
            <ErrorSummary id="letters-problem" title=t::letters::problem(l) errors=desk.problems />
            <section aria-labelledby="letters-summary" class="letters-check">
                <h2 id="letters-summary" tabindex="-1">{heading}</h2>
                <ul class="send-facts">
                    <li class="send-facts__row send-facts__row--main">
                        <span class="send-facts__number">{number(l, letters)}</span>
                        <span class="send-facts__text">{word}</span>
                    </li>
                    {left_out}
                </ul>
                {(letters > 0).then(|| order(l, &found))}
                {(letters > 0).then(|| effect(l, &found))}
            </section>
            <form
                class="action-bar"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    desk.start(letters);
                }
            >
                {must_type
                    .then(|| {
                        view! {
                            <div class="type-number">
                                <TextField
                                    id="letters-typed"
                                    label=t::letters::typed_label(l, letters)
                                    value=desk.typed
                                    error=desk.typed_error
                                    inputmode="numeric"
                                    autocomplete="off"
                                    plain=true
                                />
                            </div>
                        }
                    })}
                <Button
                    id="letters-start"
                    kind=ButtonKind::Primary
                    submit=true
                    busy=desk.starting
                    disabled_reason=Signal::stored(impossible)
                >
                    {label}
                </Button>
                <LinkButton href="/utenti">{t::letters::back(l)}</LinkButton>
            </form>
        </div>
    }
}

/// The first names in the order of printing, and the languages.
fn order(l: Locale, found: &LetterCheck) -> impl IntoView + use<> {
    let names: Vec<String> = found
        .first
        .iter()
        .map(|(user, class)| match class.as_str() {
            "" => user.name.clone(),
            class => format!("{} ({class})", user.name),
        })
        .collect();
    let rest = found.letters.saturating_sub(names.len() as u64);
    let languages: Vec<String> = found
        .languages
        .iter()
        .map(|(of, n)| format!("{} {}", of.endonym(), number(l, *n)))
        .collect();
    let more = (rest > 0).then(|| format!(" {}", t::letters::more(l, number(l, rest))));
    view! {
        <p>{t::letters::order(l, names.join("; "))} {more}</p>
        {(languages.len() > 1).then(|| view! { <p class="muted">{t::letters::languages(l, languages.join(", "))}</p> })}
    }
}

/// What making the letters does.
fn effect(l: Locale, found: &LetterCheck) -> impl IntoView + use<> {
    let own = match found.own_passwords {
        0 => None,
        1 => Some(t::letters::effect_own_one(l).to_owned()),
        n => Some(t::letters::effect_own(l, number(l, n))),
    };
    let mailbox = match found.with_mailbox {
        0 => None,
        1 => Some(t::letters::effect_mailbox_one(l).to_owned()),
        n => Some(t::letters::effect_mailbox(l, number(l, n))),
    };
    let days = t::letters::effect_days(l, found.password_days);
    view! {
        <Notice tone=Tone::Warning title=t::letters::effect_title(l)>
            <p>{t::letters::effect_now(l)}</p>
            <p>{t::letters::effect_void(l)}</p>
            {own.map(|words| view! { <p><strong>{words}</strong></p> })}
            {mailbox.map(|words| view! { <p>{words}</p> })}
            <p>{days}</p>
        </Notice>
    }
}

fn exclusion(l: Locale, reason: Exclusion) -> &'static str {
    match reason {
        Exclusion::Inactive => t::letters::ex_inactive(l),
        Exclusion::Archived => t::letters::ex_archived(l),
        Exclusion::Stronger => t::letters::ex_stronger(l),
        Exclusion::OutOfScope => t::letters::ex_scope(l),
        Exclusion::PasswordOff => t::group_page::ex_off(l),
        Exclusion::ByCode => t::house::send_by_code(l),
        Exclusion::NoMail | Exclusion::Bounced => t::letters::ex_mail(l),
    }
}
