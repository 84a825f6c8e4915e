//! «RICERCA»: finds the record that belongs to a user. Used by the alignment and by the
//! user's page; the words for kinds, likelihoods and codes stand here too.

use crate::{
    api::{ApiError, alignment::find_person},
    i18n::{api_error, day, t},
    ui::{
        Button, ButtonKind, Dialog, DialogActions, DialogSize, IconName, Notice, Status, Tag,
        TextField, Tone, VisuallyHidden,
    },
};
use domain::{
    Locale, PersonId,
    alignment::{
        BirthMatch, CodeMatch, Found, Likelihood, LinkMethod, NameMatch, PersonSide, Proposal,
        Score, UserSide, differing,
    },
    person::PersonKind,
};
use leptos::{prelude::*, task::spawn_local};

/// «Dipendenti».
pub fn kind_name(l: Locale, kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Pupil => t::alignment::kind_pupil(l),
        PersonKind::Employee => t::alignment::kind_employee(l),
        PersonKind::Guardian => t::alignment::kind_guardian(l),
        PersonKind::External => t::alignment::kind_external(l),
    }
}

/// «forzato».
pub fn method_name(l: Locale, method: LinkMethod) -> &'static str {
    match method {
        LinkMethod::Automatic => t::alignment::method_automatic(l),
        LinkMethod::Manual => t::alignment::method_manual(l),
        LinkMethod::Forced => t::alignment::method_forced(l),
    }
}

/// A forced link is worth a look.
pub const fn method_tone(method: LinkMethod) -> Tone {
    match method {
        LinkMethod::Forced => Tone::Warning,
        LinkMethod::Automatic | LinkMethod::Manual => Tone::Neutral,
    }
}

/// «molto probabile», with its tone.
pub fn likelihood(l: Locale, score: &Score) -> (Tone, &'static str) {
    match score.likelihood() {
        Likelihood::Certain => (Tone::Ok, t::alignment::certain(l)),
        Likelihood::VeryProbable => (Tone::Info, t::alignment::very_probable(l)),
        Likelihood::Possible => (Tone::Neutral, t::alignment::possible(l)),
        Likelihood::Unlikely => (Tone::Warning, t::alignment::unlikely(l)),
    }
}

/// «CF diverso in 1 carattere, data di nascita uguale».
pub fn reasons(l: Locale, score: &Score) -> String {
    let code = match score.code {
        CodeMatch::Same => t::alignment::code_same(l),
        CodeMatch::SameBase => t::alignment::code_base(l),
        CodeMatch::OneDifferent => t::alignment::code_one(l),
        CodeMatch::Unknown => t::alignment::code_unknown(l),
        CodeMatch::Different => t::alignment::code_different(l),
    };
    let birth = match score.birth {
        BirthMatch::Same => Some(t::alignment::birth_same(l)),
        BirthMatch::Unknown => None,
        BirthMatch::Different => Some(t::alignment::birth_different(l)),
    };
    let name = match score.name {
        NameMatch::Same => t::alignment::name_same(l),
        NameMatch::OtherOrder => t::alignment::name_order(l),
        NameMatch::Similar => t::alignment::name_similar(l),
        NameMatch::Different => t::alignment::name_different(l),
    };
    [Some(code), birth, Some(name)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// A codice fiscale with the characters marked that differ from `other`'s.
pub fn code_view(l: Locale, code: Option<&str>, other: Option<&str>) -> AnyView {
    let Some(code) = code else {
        return view! { <span class="muted">"—"</span> }.into_any();
    };
    // Marks help where little differs; two codes of different people are just different.
    let parts = differing(code, other);
    let changed: usize = parts.iter().filter(|(_, d)| *d).map(|(p, _)| p.len()).sum();
    let mark = changed <= 8;
    let parts = parts
        .into_iter()
        .map(|(part, differs)| {
            if differs && mark {
                view! {
                    <mark>
                        {part}
                        <VisuallyHidden>{format!(" ({}) ", t::alignment::differs(l))}</VisuallyHidden>
                    </mark>
                }
                .into_any()
            } else {
                view! { {part} }.into_any()
            }
        })
        .collect_view();
    view! { <span class="mono align-code">{parts}</span> }.into_any()
}

/// «ROSSI MARIA · Id 1602», codice fiscale, date of birth.
pub fn person_view(l: Locale, person: &PersonSide, other: Option<&str>) -> AnyView {
    let born = person
        .birth_date
        .map(|d| format!(" · {}", t::alignment::born(l, day(l, d))));
    view! {
        <span class="align-person">
            <span class="align-person__name">{person.full_name()}</span>
            " "
            <span class="muted">{format!("Id {}", person.code)} {born}</span>
            <br />
            {t::alignment::code_short(l)} " " {code_view(l, person.fiscal_code.as_deref(), other)}
        </span>
    }
    .into_any()
}

/// The dialog. It opens while `target` holds a user; `on_pick` runs with the user and the
/// record chosen, after which the caller empties `target`.
#[component]
pub fn PersonSearch(
    /// The id of the dialog.
    #[prop(into)]
    id: String,
    /// The language.
    l: Locale,
    /// For whom.
    target: RwSignal<Option<UserSide>>,
    /// Of which kind.
    #[prop(into)]
    kind: Signal<PersonKind>,
    /// What the choice does: «Collega».
    #[prop(into)]
    busy: Signal<bool>,
    /// Why the choice was refused.
    #[prop(into)]
    refused: Signal<Option<ApiError>>,
    /// More fields above the search, such as the kind.
    #[prop(optional)]
    children: Option<ChildrenFn>,
    /// Runs with the choice.
    #[prop(into)]
    on_pick: Callback<(UserSide, Proposal)>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Result<Found, ApiError>>);
    let searching = RwSignal::new(false);
    let chosen = RwSignal::new(None::<PersonId>);
    let missing = RwSignal::new(false);
    let turn = StoredValue::new(0_u32);
    let search = move || {
        let Some(user) = target.get_untracked() else {
            return;
        };
        let now = turn.try_update_value(|n| {
            *n += 1;
            *n
        });
        chosen.set(None);
        missing.set(false);
        searching.set(true);
        let (kind, words) = (kind.get_untracked(), text.get_untracked());
        spawn_local(async move {
            let answer = find_person(kind, user.id, words).await;
            if turn.try_get_value() == now {
                searching.set(false);
                found.set(Some(answer));
            }
        });
    };
    // Another user: the search begins with the surname. Another kind: the same words again.
    Effect::new(move |_| {
        if let Some(user) = target.get() {
            text.set(user.surname);
            found.set(None);
            open.set(true);
            search();
        } else if open.get_untracked() {
            open.set(false);
        }
    });
    Effect::new(move |before: Option<PersonKind>| {
        let now = kind.get();
        if before.is_some_and(|b| b != now) && open.get_untracked() {
            search();
        }
        now
    });
    Effect::new(move |_| {
        if !open.get() && target.with_untracked(Option::is_some) {
            target.set(None);
        }
    });
    let pick = move || {
        let proposal = chosen.get_untracked().and_then(|id| {
            found.with_untracked(|f| {
                let found = f.as_ref()?.as_ref().ok()?;
                found.proposals.iter().find(|p| p.person.id == id).cloned()
            })
        });
        match (target.get_untracked(), proposal) {
            (Some(user), Some(proposal)) => on_pick.run((user, proposal)),
            _ => missing.set(true),
        }
    };
    let title = Signal::derive(move || {
        target.with(|u| {
            u.as_ref()
                .map(|u| t::alignment::find_title(l, u.full_name()))
                .unwrap_or_default()
        })
    });
    let id = StoredValue::new(id);
    let part = move |name: &str| id.with_value(|id| format!("{id}-{name}"));
    let children = StoredValue::new(children);
    let results = move || {
        found.get().map(|answer| match answer {
            Err(e) => {
                view! { <Notice tone=Tone::Error>{api_error(l, &e)}</Notice> }.into_any()
            }
            Ok(found) if found.proposals.is_empty() => {
                view! { <p class="muted">{t::alignment::find_none(l)}</p> }.into_any()
            }
            Ok(found) => {
                let own = target
                    .with_untracked(|u| u.as_ref().and_then(|u| u.fiscal_code.clone()));
                let rows = found
                    .proposals
                    .into_iter()
                    .map(|p| choice(l, part("choice"), p, own.as_deref(), chosen))
                    .collect_view();
                view! {
                    <fieldset class="fieldset align-found">
                        <legend class="fieldset__legend">{t::alignment::find_results(l)}</legend>
                        {rows}
                    </fieldset>
                    {found.more.then(|| view! { <p class="muted">{t::alignment::find_more(l)}</p> })}
                }
                .into_any()
            }
        })
    };
    let facts = move || {
        target.with(|u| {
            u.as_ref().map(|u| {
                let name = u.full_name();
                view! {
                    <p class="align-for">
                        <span class="mono">{u.username.clone()}</span>
                        " "
                        {name}
                        " · "
                        {t::alignment::code_short(l)}
                        " "
                        {code_view(l, u.fiscal_code.as_deref(), None)}
                    </p>
                }
            })
        })
    };
    view! {
        <Dialog id=id.get_value() open=open title=title size=DialogSize::Large>
            <div class="dialog__body">
                {facts}
                {children.with_value(|c| c.as_ref().map(|c| c()))}
                <form
                    class="align-search"
                    role="search"
                    on:submit=move |event| {
                        event.prevent_default();
                        search();
                    }
                >
                    <TextField
                        id=part("text")
                        label=t::alignment::find_text(l)
                        value=text
                        input_type="search"
                        autocomplete="off"
                        plain=true
                        autofocus=true
                    />
                    <Button submit=true icon=IconName::Search busy=searching>{t::alignment::find_go(l)}</Button>
                </form>
                <div class="align-results" aria-busy=move || searching.get().to_string()>
                    {move || {
                        (searching.get() && found.with(Option::is_none))
                            .then(|| view! { <p class="muted">{t::alignment::find_busy(l)}</p> })
                    }}
                    {results}
                </div>
                {move || missing.get().then(|| view! { <Notice tone=Tone::Warning>{t::alignment::find_choose(l)}</Notice> })}
                {move || refused.get().map(|e| view! { <Notice tone=Tone::Error>{api_error(l, &e)}</Notice> })}
            </div>
            <DialogActions>
                <Button on_click=move || open.set(false)>{t::alignment::cancel(l)}</Button>
                <Button kind=ButtonKind::Primary busy=busy on_click=pick>{t::alignment::link(l)}</Button>
            </DialogActions>
        </Dialog>
    }
}

fn choice(
    l: Locale,
    name: String,
    p: Proposal,
    own: Option<&str>,
    chosen: RwSignal<Option<PersonId>>,
) -> AnyView {
    let id = p.person.id;
    let input = format!("{name}-{id}");
    let (tone, words) = likelihood(l, &p.score);
    let percent = t::alignment::percent(l, p.score.percent);
    view! {
        <div class="align-choice">
            <input
                class="radio__input"
                type="radio"
                name=name
                id=input.clone()
                prop:checked=move || chosen.get() == Some(id)
                on:change=move |_| chosen.set(Some(id))
            />
            <label for=input>
                {person_view(l, &p.person, own)}
                <span class="align-choice__score">
                    <Status tone=tone>{words} " " {percent}</Status>
                    " "
                    <span class="muted">{reasons(l, &p.score)}</span>
                    {p.contested.then(|| view! { " " <Tag tone=Tone::Warning>{t::alignment::contested(l)}</Tag> })}
                </span>
            </label>
        </div>
    }
    .into_any()
}
