//! `/profilo`: which of several profiles to work in, after signing in (X20).

use crate::{
    api::{
        ApiResult,
        session::{own_profiles, safe_return, work_as},
    },
    i18n::{api_error, t, use_locale},
    ui::{
        Button, ButtonKind, ErrorSummary, FieldError, LinkButton, Notice, SkeletonCards, Tag, Tone,
    },
    widgets::PublicPage,
};
use domain::{Locale, ProfileId, session::OwnProfile};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn ChooseProfile() -> impl IntoView {
    let l = use_locale();
    let profiles = Resource::new(|| (), |()| own_profiles());
    view! {
        <PublicPage title=t::profile::title(l)>
            <div class="public-card">
                <h1 class="public-card__title" tabindex="-1">{t::profile::title(l)}</h1>
                <Suspense fallback=move || view! { <p class="muted">{t::profile::loading(l)}</p> <SkeletonCards count=1 /> }>
                    {move || profiles.get().map(|answer| loaded(l, answer, move || profiles.refetch()))}
                </Suspense>
                <form class="terms__leave" method="post" action="/esci">
                    <Button submit=true kind=ButtonKind::Quiet>{t::profile::sign_out(l)}</Button>
                </form>
            </div>
        </PublicPage>
    }
}

fn loaded(
    l: Locale,
    answer: ApiResult<Vec<OwnProfile>>,
    retry: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    match answer {
        Ok(profiles) if profiles.len() > 1 => view! { <Choice profiles=profiles /> }.into_any(),
        Ok(_) => view! {
            <Notice tone=Tone::Info><p>{t::profile::one(l)}</p></Notice>
            <div class="form__actions">
                <LinkButton href="/" external=true>{t::profile::home(l)}</LinkButton>
            </div>
        }
        .into_any(),
        Err(e) => view! {
            <Notice tone=Tone::Error>
                <p>{api_error(l, &e)}</p>
                <div class="notice__actions">
                    <Button on_click=retry>{t::profile::retry(l)}</Button>
                </div>
            </Notice>
        }
        .into_any(),
    }
}

#[component]
fn Choice(profiles: Vec<OwnProfile>) -> impl IntoView {
    let l = use_locale();
    let to =
        use_query_map().with_untracked(|q| safe_return(q.get("ritorno").as_deref()).to_owned());
    let chosen = RwSignal::new(profiles.iter().find(|p| p.current).map(|p| p.id));
    let first = profiles.first().map(|p| input_id(p.id)).unwrap_or_default();
    let refused = RwSignal::new(None::<FieldError>);
    let act = Action::new(move |profile: &ProfileId| {
        let (profile, to) = (*profile, to.clone());
        async move {
            match work_as(profile).await {
                Ok(()) => {
                    let _ = window().location().replace(&to);
                    true
                }
                Err(e) => {
                    refused.set(Some(FieldError::new("", api_error(l, &e))));
                    false
                }
            }
        }
    });
    let busy = Signal::derive(move || act.pending().get() || act.value().get() == Some(true));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        refused.set(None);
        match chosen.get_untracked() {
            None => refused.set(Some(FieldError::new(first.clone(), t::profile::choose(l)))),
            Some(_) if busy.get_untracked() => {}
            Some(profile) => drop(act.dispatch(profile)),
        }
    };
    let lines = profiles
        .into_iter()
        .enumerate()
        .map(|(place, p)| line(l, place, p, chosen))
        .collect_view();
    view! {
        <p class="public-card__lead">{t::profile::lead(l)}</p>
        <ErrorSummary
            id="errori"
            title=t::profile::problem(l)
            errors=Signal::derive(move || refused.get().into_iter().collect::<Vec<_>>())
        />
        <form class="form" novalidate=true on:submit=submit>
            <fieldset class="fieldset">
                <legend class="fieldset__legend">{t::profile::legend(l)}</legend>
                <div class="fieldset__choices">{lines}</div>
            </fieldset>
            <div class="form__actions">
                <Button submit=true kind=ButtonKind::Primary busy=busy>{t::profile::next(l)}</Button>
            </div>
        </form>
    }
}

fn input_id(id: ProfileId) -> String {
    format!("profilo-{id}")
}

/// A profile, and under its name what it opens.
fn line(
    l: Locale,
    place: usize,
    p: OwnProfile,
    chosen: RwSignal<Option<ProfileId>>,
) -> impl IntoView {
    let (id, input) = (p.id, input_id(p.id));
    let roles_id = format!("{input}-ruoli");
    let name = if p.name.is_empty() {
        t::wizard::profile_n(l, place + 1)
    } else {
        p.name
    };
    view! {
        <div class="check">
            <input
                class="check__input"
                type="radio"
                name="profilo"
                id=input.clone()
                aria-describedby=roles_id.clone()
                prop:checked=move || chosen.get() == Some(id)
                on:change=move |_| chosen.set(Some(id))
            />
            <label class="check__label" for=input>
                {name}
                {p.current.then(|| view! { " " <Tag>{t::profile::now(l)}</Tag> })}
            </label>
            <p class="check__hint" id=roles_id>{p.roles.join(", ")}</p>
        </div>
    }
}
