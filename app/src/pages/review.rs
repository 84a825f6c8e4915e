//! `/revisione`: «Da rivedere», the access review.

use crate::{
    api::{ApiError, ApiResult, desk::confirm_access, desk::review_list, user::set_user_state},
    i18n::{api_error, day, field_error, moment, number, t, use_locale},
    state::Toasts,
    ui::{
        Button, ConfirmDialog, EmptyState, IconName, Notice, PageHeader, Pagination, SkeletonRows,
        Tag, TextAreaField, Tone, VisuallyHidden,
    },
    widgets::{Forbidden, PageTitle},
};
use domain::{
    Locale, UserId,
    access::Denied,
    page::{PageRequest, PageSize},
    review::{LoneUnit, Review, ReviewQuery, ReviewReason, ReviewRow},
    user::check_reason,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// An act on an access that waits for its motivation.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    user: UserId,
    name: String,
    end: bool,
}

type List = Resource<ApiResult<Review>>;

/// The page.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let l = use_locale();
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        query.with(|q| ReviewQuery {
            reason: q.get("motivo").and_then(|r| ReviewReason::from_code(&r)),
            page: PageRequest {
                number: q
                    .get("pagina")
                    .and_then(|n| n.parse().ok())
                    .filter(|n| *n > 0)
                    .unwrap_or(1),
                size: PageSize::Fifty,
            },
        })
    });
    let list: List = Resource::new(move || wanted.get(), review_list);
    let asked = RwSignal::new(None::<Asked>);
    view! {
        <PageTitle text=t::review::title(l) />
        <Transition fallback=move || view! { <Loading /> }>
            {move || list.get().map(|answer| loaded(l, answer, wanted.get_untracked(), list, asked))}
        </Transition>
        <Ask asked=asked list=list />
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::review::title(l) lead=t::review::lead(l) />
        <p class="muted" role="status">{t::review::loading(l)}</p>
        <div class="table-region">
            <table class="table"><tbody><SkeletonRows rows=8 columns=5 /></tbody></table>
        </div>
    }
}

fn address(reason: Option<ReviewReason>, page: u64) -> String {
    let mut parts = Vec::new();
    parts.extend(reason.map(|r| format!("motivo={}", r.code())));
    parts.extend((page > 1).then(|| format!("pagina={page}")));
    if parts.is_empty() {
        "/revisione".to_owned()
    } else {
        format!("/revisione?{}", parts.join("&"))
    }
}

fn reason_word(l: Locale, reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::NeverEntered => t::review::never(l),
        ReviewReason::Idle => t::review::idle(l),
        ReviewReason::CodeExpired => t::review::expired(l),
        ReviewReason::Ending => t::review::ending(l),
    }
}

fn loaded(
    l: Locale,
    answer: ApiResult<Review>,
    wanted: ReviewQuery,
    list: List,
    asked: RwSignal<Option<Asked>>,
) -> AnyView {
    match answer {
        Ok(review) => ready(l, review, wanted, asked).into_any(),
        Err(ApiError::Denied(Denied::Missing(right))) => {
            view! { <Forbidden right=right /> }.into_any()
        }
        Err(e) => view! {
            <PageHeader title=t::review::title(l) lead=t::review::lead(l) />
            <Notice tone=Tone::Error title=t::review::error(l)>
                <p>{api_error(l, &e)}</p>
                <div class="notice__actions">
                    <Button on_click=move || list.refetch()>{t::review::retry(l)}</Button>
                </div>
            </Notice>
        }
        .into_any(),
    }
}

fn ready(
    l: Locale,
    review: Review,
    wanted: ReviewQuery,
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView {
    let views = std::iter::once((None, t::review::all(l).to_owned()))
        .chain(review.counts.iter().map(|(reason, n)| {
            (Some(*reason), format!("{} {}", reason_word(l, *reason), number(l, *n)))
        }))
        .map(|(reason, words)| {
            let current = (wanted.reason == reason).then_some("true");
            view! { <li><a class="views__link" href=address(reason, 1) aria-current=current>{words}</a></li> }
        })
        .collect_view();
    let (page, pages) = (
        u64::from(review.rows.number),
        u64::from(review.rows.pages()),
    );
    let navigate = use_navigate();
    let go = move |page: u64| {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&address(wanted.reason, page), options);
    };
    let empty = review.rows.items.is_empty();
    let rows = review
        .rows
        .items
        .into_iter()
        .map(|r| row(l, r, asked))
        .collect_view();
    view! {
        <PageHeader title=t::review::title(l) lead=t::review::lead(l) />
        <nav aria-label=t::review::reasons(l)><ul class="views">{views}</ul></nav>
        {if empty {
            view! { <EmptyState title=t::review::empty(l) icon=IconName::Check /> }.into_any()
        } else {
            view! {
                <div class="table-region" role="region" aria-label=t::review::title(l) tabindex="0">
                    <table class="table table-cards">
                        <caption class="visually-hidden">{t::review::title(l)}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{t::review::col_user(l)}</th>
                                <th scope="col">{t::review::col_unit(l)}</th>
                                <th scope="col">{t::review::col_last(l)}</th>
                                <th scope="col">{t::review::col_why(l)}</th>
                                <th scope="col" class="cell-commands">{t::review::col_actions(l)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <Pagination
                    id="review-pager"
                    label=t::review::pager(l)
                    page=Signal::stored(page)
                    pages=Signal::stored(pages)
                    first=t::users::first(l)
                    previous=t::users::previous(l)
                    page_label=t::users::page(l)
                    of_total=t::users::of(l, number(l, pages))
                    next=t::users::next(l)
                    last=t::users::last(l)
                    on_go=go
                />
            }
                .into_any()
        }}
        {lone(l, review.lone_units, review.lone_total)}
    }
}

fn row(l: Locale, row: ReviewRow, asked: RwSignal<Option<Asked>>) -> impl IntoView {
    let place = row
        .unit
        .iter()
        .cloned()
        .chain(row.roles.iter().cloned())
        .collect::<Vec<_>>()
        .join(" · ");
    let last = row
        .last_sign_in
        .map_or_else(|| t::review::never_one(l).to_owned(), |at| moment(l, at));
    let reasons = row
        .reasons
        .clone()
        .into_iter()
        .map(move |r| view! { <Tag tone=Tone::Warning>{reason_word(l, r)}</Tag> " " })
        .collect_view();
    let ends = row.ends_on.map(|d| t::review::ends_on(l, day(l, d)));
    let (user, name) = (row.user, row.name.clone());
    let commands = if row.own {
        view! { <span class="muted">{t::review::own(l)}</span> }.into_any()
    } else if row.stronger {
        view! { <span class="muted">{t::review::stronger(l)}</span> }.into_any()
    } else {
        let ask = move |end: bool| {
            let name = name.clone();
            move || {
                asked.set(Some(Asked {
                    user,
                    name: name.clone(),
                    end,
                }));
            }
        };
        let of = t::review::of_name(l, &row.name);
        let too = of.clone();
        view! {
            <span class="review__commands">
                <Button on_click=ask(false)>{t::review::confirm(l)} <VisuallyHidden>" " {of}</VisuallyHidden></Button>
                <Button on_click=ask(true)>{t::review::end(l)} <VisuallyHidden>" " {too}</VisuallyHidden></Button>
            </span>
        }
        .into_any()
    };
    view! {
        <tr>
            <th scope="row" class="cell-name">
                <a href=format!("/utenti/{user}")>{row.name}</a>
                " "
                <span class="mono muted">{row.username}</span>
            </th>
            <td data-label=t::review::col_unit(l)>{place}</td>
            <td data-label=t::review::col_last(l)>{last}</td>
            <td data-label=t::review::col_why(l)>{reasons} {ends}</td>
            <td class="cell-commands">{commands}</td>
        </tr>
    }
}

fn lone(l: Locale, units: Vec<LoneUnit>, total: u64) -> impl IntoView {
    let empty = units.is_empty();
    let others = total.saturating_sub(units.len() as u64);
    let lines = units
        .into_iter()
        .map(|u| {
            let words = match u.delegate {
                Some(name) => t::review::lone_one(l, name, u.name),
                None => t::review::lone_none(l, u.name),
            };
            view! { <li>{words}</li> }
        })
        .collect_view();
    view! {
        <section class="review__lone" aria-labelledby="review-lone">
            <h2 id="review-lone">{t::review::lone(l)}</h2>
            {if empty {
                view! { <p>{t::review::lone_empty(l)}</p> }.into_any()
            } else {
                view! {
                    <ul>{lines}</ul>
                    {(others > 0).then(|| view! { <p>{t::review::lone_others(l, number(l, others))}</p> })}
                }
                    .into_any()
            }}
        </section>
    }
}

/// Asks for the motivation, then confirms or ends.
#[component]
fn Ask(asked: RwSignal<Option<Asked>>, list: List) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let open = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let (wrong, refused) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        if asked.with(Option::is_some) {
            reason.set(String::new());
            wrong.set(None);
            refused.set(None);
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() && asked.with_untracked(Option::is_some) {
            asked.set(None);
        }
    });
    let of = move |end: fn(Locale, String) -> String, keep: fn(Locale, String) -> String| {
        Signal::derive(move || {
            asked.with(|a| match a {
                Some(a) if a.end => end(l, a.name.clone()),
                Some(a) => keep(l, a.name.clone()),
                None => String::new(),
            })
        })
    };
    let ends = move || asked.with(|a| a.as_ref().is_some_and(|a| a.end));
    let confirm = move || {
        let Some(act) = asked.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        let text = reason.get_untracked();
        if let Err(e) = check_reason(&text, true) {
            wrong.set(e.of("reason").map(|e| field_error(l, e)));
            crate::ui::dom::focus_id("review-reason");
            return;
        }
        wrong.set(None);
        busy.set(true);
        spawn_local(async move {
            let answer = if act.end {
                set_user_state(act.user, false, text).await.map(|_| ())
            } else {
                confirm_access(act.user, text).await
            };
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    open.set(false);
                    if let Some(toasts) = toasts {
                        done(l, act, toasts, list);
                    }
                    list.refetch();
                }
                Err(e) => refused.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        <ConfirmDialog
            id="review-ask"
            open=open
            title=of(t::review::end_title, t::review::confirm_title)
            cancel_label=t::review::cancel(l)
            confirm_label=of(|l, _| t::review::end_do(l).to_owned(), |l, _| t::review::confirm_do(l).to_owned())
            busy=busy
            on_confirm=confirm
        >
            <p>{move || if ends() { t::review::end_text(l) } else { t::review::confirm_text(l) }}</p>
            {move || refused.get().map(|words| view! { <div role="alert"><Notice tone=Tone::Error><p>{words}</p></Notice></div> })}
            <TextAreaField
                id="review-reason"
                label=t::review::reason(l)
                value=reason
                hint=Some(t::review::reason_hint(l).to_owned())
                error=wrong
                required=true
                maxlength=500_u32
            />
        </ConfirmDialog>
    }
}

fn done(l: Locale, act: Asked, toasts: Toasts, list: List) {
    if !act.end {
        toasts.push(Tone::Ok, t::review::confirmed(l, act.name));
        return;
    }
    let words = t::review::ended(l, &act.name);
    toasts.push_with_action(Tone::Ok, words, t::review::reactivate(l), move || {
        let name = act.name.clone();
        spawn_local(async move {
            let why = t::commands::undo_reason(l).to_owned();
            match set_user_state(act.user, true, why).await {
                Ok(_) => toasts.push(Tone::Ok, t::review::reactivated(l, name)),
                Err(e) => toasts.push(Tone::Error, api_error(l, &e)),
            }
            list.refetch();
        });
    });
}
