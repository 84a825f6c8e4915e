//! «Perché non riesce ad accedere?»: the checks in order, each with one repair.

mod words;

use super::{sheet::Sheet, status::reactivate};
use crate::{
    i18n::{moment, t},
    state::{Announcer, use_session},
    ui::{Button, LinkButton, Notice, Status, Tone},
    widgets::{RowMenu, address::address, person_words::freshness},
};
use domain::{
    Locale,
    access::Right,
    diagnosis::{
        Attempt, Diagnosis as Found, EnrolmentFinding, Finding, MailFinding, PasswordFinding,
    },
    person::PersonKind,
    user::UserState,
};
use leptos::{prelude::*, task::spawn_local};

/// The section; nothing where the reader may not see it.
#[component]
pub fn Diagnosis(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    move || {
        sheet.data.with(|p| p.diagnosis.clone()).map(|found| {
            view! {
                <section class="section" id="diagnosi" aria-labelledby="diagnosis-title" tabindex="-1">
                    <div class="section__head">
                        <h2 class="section__title" id="diagnosis-title">{t::diagnosis::title(l)}</h2>
                    </div>
                    <div class="section__body">{body(sheet, found)}</div>
                </section>
            }
        })
    }
}

fn body(sheet: Sheet, found: Found) -> impl IntoView {
    let l = sheet.l;
    let faults = found.findings.iter().filter(|f| !f.is_good()).count();
    let (tone, summary) = match faults {
        0 => (Tone::Ok, t::diagnosis::all_good(l).to_owned()),
        1 => (Tone::Warning, t::diagnosis::obstacles_one(l).to_owned()),
        n => (Tone::Warning, t::diagnosis::obstacles(l, n)),
    };
    let checks = found
        .findings
        .iter()
        .map(|f| check(sheet, f, &found))
        .collect_view();
    let attempts = found
        .attempts
        .iter()
        .map(|a| attempt(l, a))
        .collect::<Vec<_>>();
    let explanation = words::explanation(&found);
    let tongue = found.locale.code();
    view! {
        <p><Status tone=tone>{summary}</Status></p>
        <ol class="check-list">{checks}</ol>
        <h3 class="section__title">{t::diagnosis::attempts(l)}</h3>
        {if attempts.is_empty() {
            view! { <p class="muted">{t::diagnosis::no_attempts(l)}</p> }.into_any()
        } else {
            view! { <ol class="timeline">{attempts}</ol> }.into_any()
        }}
        <Explanation sheet=sheet text=explanation tongue=tongue />
    }
}

fn check(sheet: Sheet, finding: &Finding, found: &Found) -> impl IntoView {
    let l = sheet.l;
    let good = finding.is_good();
    let (tone, sign) = if good {
        (Tone::Ok, t::diagnosis::ok(l))
    } else {
        (Tone::Error, t::diagnosis::fault(l))
    };
    // What the registry does not show may only not have come yet.
    let of_registry = matches!(finding, Finding::Linked(_) | Finding::Enrolment(_));
    let fresh = (!good && of_registry)
        .then(|| view! { <p class="muted">{freshness(l, found.imported_at)}</p> });
    let fix = (!good).then(|| repair(sheet, finding));
    view! {
        <li class="check-list__item">
            <div class="check-list__text">
                <p>
                    <strong>{words::name(l, finding)}</strong>
                    " "
                    <Status tone=tone>{sign}</Status>
                </p>
                <p class="muted">{words::seen(l, finding)}</p>
                {fresh}
            </div>
            {fix}
        </li>
    }
}

/// The one repair of an obstacle, where the reader may make it.
fn repair(sheet: Sheet, finding: &Finding) -> AnyView {
    let l = sheet.l;
    let (edit, send, active, email, id) = sheet.data.with_untracked(|p| {
        let (d, r) = (&p.detail, &p.detail.row);
        (
            d.may_edit,
            d.may_send,
            r.state == UserState::Active,
            r.email.is_some() && !r.email_bounced,
            r.id,
        )
    });
    let registry = use_session().holds(Right::ManageRegistry);
    let send_button = move || {
        view! { <Button on_click=move || sheet.send()>{t::diagnosis::fix_send(l)}</Button> }
            .into_any()
    };
    let letter = move || {
        view! { <LinkButton href=format!("/utenti/lettere?utente={id}")>{t::diagnosis::fix_letter(l)}</LinkButton> }
            .into_any()
    };
    // A canton's people choose their password with the registration code, which only the
    // wizard makes.
    let wizard = use_session().is_canton();
    let access = move || {
        let to = format!("/utenti/{id}/abilitazione/autorizzazioni");
        view! { <LinkButton href=to>{t::diagnosis::fix_access(l)}</LinkButton> }.into_any()
    };
    match finding {
        Finding::State(UserState::Inactive) if edit => {
            let menu = use_context::<RowMenu>();
            view! {
                <Button busy=sheet.busy on_click=move || reactivate(sheet, menu)>{t::diagnosis::fix_activate(l)}</Button>
            }
            .into_any()
        }
        Finding::Password(PasswordFinding::Off { .. }) => {
            view! { <LinkButton href="/gruppi">{t::diagnosis::fix_off(l)}</LinkButton> }.into_any()
        }
        Finding::Password(_) | Finding::Mail(MailFinding::Never) | Finding::Code(_) | Finding::Groups(_)
            if wizard =>
        {
            if active && use_session().holds(Right::ManageAuthorisations) { access() } else { ().into_any() }
        }
        Finding::Password(_) if send && active && email => send_button(),
        Finding::Password(_) if send && active => letter(),
        Finding::Mail(MailFinding::NoMailbox | MailFinding::Bounced) if edit => view! {
            <Button on_click=|| { crate::ui::dom::focus_id("user-email"); }>{t::diagnosis::fix_mail(l)}</Button>
        }
        .into_any(),
        Finding::Mail(_) if send && active && email && !wizard => send_button(),
        Finding::Linked(_) if registry => view! {
            <LinkButton href=align_address(sheet)>{t::diagnosis::fix_align(l)}</LinkButton>
        }
        .into_any(),
        Finding::Groups(_) if edit => view! {
            <Button on_click=move || sheet.groups.set(Some((sheet.id(), sheet.name_now())))>
                {t::diagnosis::fix_groups(l)}
            </Button>
        }
        .into_any(),
        Finding::Enrolment(EnrolmentFinding::Missing { record, .. }) if registry => view! {
            <LinkButton href=format!("/anagrafiche/{}", record.id)>{t::diagnosis::fix_person(l)}</LinkButton>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// The alignment of the kind that the user's groups speak of, with the surname searched.
fn align_address(sheet: Sheet) -> String {
    sheet.data.with_untracked(|p| {
        let row = &p.detail.row;
        let kind = PersonKind::ALL.into_iter().find(|k| {
            row.groups
                .iter()
                .any(|g| k.usual_groups().contains(&g.code.as_str()))
        });
        let query = kind
            .map(|k| format!("tipo={}", k.slug()))
            .unwrap_or_default();
        address("/allineamento", &query, &row.surname)
    })
}

fn attempt(l: Locale, a: &Attempt) -> impl IntoView {
    let (tone, words) = words::outcome(l, a.outcome);
    view! {
        <li class="timeline__item">
            <time class="timeline__when" datetime=a.at.to_string()>{moment(l, a.at)}</time>
            <p class="timeline__what"><Status tone=tone>{words}</Status></p>
        </li>
    }
}

/// The text for the user, in the user's language, and the button that copies it.
#[component]
fn Explanation(sheet: Sheet, text: String, tongue: &'static str) -> impl IntoView {
    let l = sheet.l;
    let announcer = use_context::<Announcer>();
    let (copied, failed) = (RwSignal::new(false), RwSignal::new(false));
    let shown = text.clone();
    let copy = move || {
        let text = text.clone();
        spawn_local(async move {
            let done = write_clipboard(&text).await;
            let _ = copied.try_set(done);
            let _ = failed.try_set(!done);
            if let Some(announcer) = announcer {
                announcer.outcome(if done {
                    t::diagnosis::copied(l)
                } else {
                    t::diagnosis::copy_failed(l)
                });
            }
        });
    };
    view! {
        <details class="diagnosis-text">
            <summary>{t::diagnosis::explanation(l)}</summary>
            <p class="diagnosis-text__words" lang=tongue>{shown}</p>
        </details>
        <div class="notice__actions">
            <Button id="copy-explanation" on_click=copy>{t::diagnosis::copy(l)}</Button>
            {move || copied.get().then(|| view! { <Status tone=Tone::Ok>{t::diagnosis::copied(l)}</Status> })}
        </div>
        {move || failed.get().then(|| view! { <Notice tone=Tone::Warning><p>{t::diagnosis::copy_failed(l)}</p></Notice> })}
    }
}

/// Puts a text on the clipboard; `false` where the browser does not allow it (no TLS, or
/// the person said no).
async fn write_clipboard(text: &str) -> bool {
    use wasm_bindgen::{JsCast as _, JsValue};
    let get = |of: &JsValue, key: &str| js_sys::Reflect::get(of, &JsValue::from_str(key)).ok();
    let clipboard = get(&window().navigator(), "clipboard").filter(JsValue::is_object);
    let write = clipboard
        .as_ref()
        .and_then(|c| get(c, "writeText"))
        .and_then(|f| f.dyn_into::<js_sys::Function>().ok());
    let (Some(clipboard), Some(write)) = (clipboard, write) else {
        return false;
    };
    let promise = write
        .call1(&clipboard, &JsValue::from_str(text))
        .ok()
        .and_then(|p| p.dyn_into::<js_sys::Promise>().ok());
    match promise {
        Some(promise) => wasm_bindgen_futures::JsFuture::from(promise).await.is_ok(),
        None => false,
    }
}
