//! `/importa/:id`: what the file would do, its confirmation, its progress and its outcome.

use super::{
    table::{Rows, shown},
    upload::Failure,
    words,
};
use crate::{
    api::{
        ApiError,
        import::{confirm_import, import_rows, read_import},
    },
    i18n::{self, number, t, use_locale},
    state::{Announcer, use_session},
    ui::{
        Button, ButtonKind, IconName, LinkButton, Notice, PageHeader, Progress, SkeletonCards,
        TextAreaField, Tone, dom,
    },
};
use domain::{
    ImportId, Locale,
    import::{FileFormat, ImportKind, ImportState, ImportView, Notes},
    user::{FieldError, REASON_MAX, check_reason},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::time::Duration;

/// How often the progress is asked for.
const POLL: Duration = Duration::from_millis(700);

/// The page.
#[component]
pub fn ImportPreview() -> impl IntoView {
    let l = use_locale();
    let announcer = use_context::<Announcer>();
    let params = use_params_map();
    let id = Memo::new(move |_| {
        ImportId(
            params
                .read()
                .get("id")
                .and_then(|id| id.parse().ok())
                .unwrap_or(0),
        )
    });
    let import = Resource::new(move || id.get(), read_import);
    let shown = shown();
    let rows = Resource::new(
        move || (id.get(), shown.get()),
        |(id, shown)| import_rows(id, shown.outcome, shown.page),
    );
    // The end of the writing is said once, and its outcome stands in the rows.
    Effect::new(move |before: Option<Option<ImportState>>| {
        let now = import.get().and_then(Result::ok).map(|view| view.state);
        if before.flatten() == Some(ImportState::Confirmed) && now != before.flatten() {
            let said = if now == Some(ImportState::Applied) {
                t::import::done(l)
            } else {
                t::import::failed(l)
            };
            if let Some(announcer) = announcer {
                announcer.outcome(said);
            }
            rows.refetch();
        }
        now
    });
    Effect::new(move |_| {
        let running = import
            .get()
            .is_some_and(|view| view.is_ok_and(|view| view.state == ImportState::Confirmed));
        if running && let Ok(timer) = set_timeout_with_handle(move || import.refetch(), POLL) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <Title text=t::import::title_preview(l)/>
        <Transition fallback=move || view! { <p class="visually-hidden">{t::import::loading(l)}</p> <SkeletonCards count=3/> }>
            {move || Suspend::new(async move {
                match import.await {
                    // While it is written only the progress moves: the table would flicker.
                    Ok(view) if view.state == ImportState::Confirmed => {
                        view! { <Head view on_started=move || import.refetch()/> }.into_any()
                    }
                    Ok(view) => view! {
                        <Head view=view.clone() on_started=move || import.refetch()/>
                        <Rows view rows shown/>
                    }
                    .into_any(),
                    Err(e) => view! {
                        <PageHeader title=t::import::title_preview(l)/>
                        <Failure error=e on_retry=move || import.refetch()/>
                    }
                    .into_any(),
                }
            })}
        </Transition>
    }
}

/// Everything above the table.
#[component]
fn Head(view: ImportView, #[prop(into)] on_started: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let body = match view.state {
        ImportState::Previewed => view! { <Ask view=view.clone() on_started/> }.into_any(),
        ImportState::Confirmed => view! { <Running view=view.clone()/> }.into_any(),
        ImportState::Applied | ImportState::Failed => {
            view! { <Ended view=view.clone()/> }.into_any()
        }
    };
    view! {
        <PageHeader title=view.file_name.clone() lead=about(l, &view)>
            <LinkButton href="/importa" icon=IconName::Upload>{t::import::another(l)}</LinkButton>
        </PageHeader>
        <div class="stack">{body}</div>
    }
}

/// «Anagrafiche · CSV, Windows-1252, separatore «;» · righe: 1.211»
fn about(l: Locale, view: &ImportView) -> String {
    let (kind, rows) = (
        words::kind(l, view.kind),
        number(l, u64::from(view.counts.rows())),
    );
    match view.recognised.format {
        FileFormat::Xlsx => t::import::about_xlsx(l, kind, rows),
        FileFormat::Csv => {
            let delimiter = match view.recognised.delimiter {
                Some('\t') => t::import::delimiter_tab(l).to_owned(),
                Some(other) => format!("«{other}»"),
                None => String::new(),
            };
            t::import::about_csv(l, delimiter, &view.recognised.encoding, kind, rows)
        }
    }
}

/// Nothing is written yet: what to know, and the one button that writes.
#[component]
fn Ask(view: ImportView, on_started: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let id = view.id;
    // A file of users gives roles, and a canton's roles want a motivation (P6).
    let why =
        view.kind == ImportKind::Users && view.counts.to_write() > 0 && use_session().is_canton();
    let (reason, wrong) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let confirm = Action::new(move |said: &String| confirm_import(id, said.clone()));
    let busy = Signal::derive(move || {
        confirm.pending().get() || confirm.value().with(|v| matches!(v, Some(Ok(_))))
    });
    Effect::new(move |_| {
        if confirm.value().with(|v| matches!(v, Some(Ok(_)))) {
            on_started.run(());
        }
    });
    let words = move |e: &FieldError| match e {
        FieldError::Required => t::wizard::reason_required(l).to_owned(),
        e => i18n::field_error(l, e),
    };
    Effect::new(move |_| {
        if let Some(Err(ApiError::Invalid(fields))) = confirm.value().get() {
            wrong.set(fields.of("reason").map(words));
            dom::focus_id("import-reason");
        }
    });
    let go = move || {
        let said = reason.get_untracked();
        if why && let Err(errors) = check_reason(&said, true) {
            wrong.set(errors.of("reason").map(words));
            dom::focus_id("import-reason");
            return;
        }
        wrong.set(None);
        confirm.dispatch(said);
    };
    let write = number(l, u64::from(view.counts.to_write()));
    let (note, label) = (
        t::import::confirm_note(l, &write),
        t::import::confirm(l, &write),
    );
    let nothing = (view.counts.to_write() == 0).then(|| t::import::nothing_to_write(l).to_owned());
    let error = move || {
        // What is wrong with the motivation stands at its field.
        let refused = confirm.value().get().and_then(Result::err);
        refused.filter(|e| !(why && matches!(e, ApiError::Invalid(_)))).map(|e| {
            view! { <Notice tone=Tone::Error><p role="alert">{i18n::api_error(l, &e)}</p></Notice> }
        })
    };
    view! {
        <Notice tone=Tone::Info>
            <p>{t::import::nothing_written(l)}</p>
            <p>{note}</p>
            {(!view.recognised.new_sites.is_empty())
                .then(|| view! { <p>{t::import::new_sites(l, view.recognised.new_sites.join(", "))}</p> })}
            {(!view.recognised.ignored.is_empty())
                .then(|| view! { <p>{t::import::ignored(l, view.recognised.ignored.join(", "))}</p> })}
        </Notice>
        <Facts notes=view.recognised.notes/>
        {error}
        {why
            .then(|| {
                view! {
                    <TextAreaField
                        id="import-reason"
                        label=t::commands::reason(l)
                        value=reason
                        hint=Some(t::wizard::reason_hint(l).to_owned())
                        error=wrong
                        required=true
                        counter=Signal::derive(move || {
                            Some(t::wizard::reason_count(l, REASON_MAX, reason.with(|r| r.trim().chars().count())))
                        })
                    />
                }
            })}
        <div class="actions">
            <Button id="import-confirm" kind=ButtonKind::Primary busy disabled_reason=nothing on_click=go>
                {label}
            </Button>
            <Download id/>
        </div>
    }
}

/// What is worth a look before confirming.
#[component]
fn Facts(notes: Notes) -> impl IntoView {
    let l = use_locale();
    let facts: Vec<(&'static str, u32)> = [
        (t::import::n_pupils(l), notes.pupils),
        (t::import::n_guardians(l), notes.guardians),
        (t::import::n_employees(l), notes.employees),
        (t::import::n_externals(l), notes.externals),
        (t::import::n_legal(l), notes.legal),
        (t::import::n_missing_mail(l), notes.missing_mail),
        (t::import::n_shared_mail(l), notes.shared_mail),
        (t::import::n_missing_code(l), notes.missing_code),
        (t::import::n_provisional(l), notes.provisional),
        (t::import::n_padded(l), notes.padded),
        (t::import::n_omocodic(l), notes.omocodic),
        (t::import::n_without_enrolment(l), notes.without_enrolment),
        (t::import::n_formulas(l), notes.formulas),
        (t::import::n_linkable(l), notes.linkable),
        (t::import::n_wrong_group(l), notes.wrong_group),
        (t::import::n_inactive(l), notes.inactive),
        (t::import::n_several_groups(l), notes.several_groups),
    ]
    .into_iter()
    .filter(|(_, n)| *n > 0)
    .collect();
    (!facts.is_empty()).then(|| {
        let lines = facts
            .into_iter()
            .map(|(label, n)| view! { <div><dt>{label}</dt><dd>{number(l, u64::from(n))}</dd></div> })
            .collect_view();
        view! {
            <details class="import-notes">
                <summary>{t::import::notes(l)}</summary>
                <dl class="facts">{lines}</dl>
            </details>
        }
    })
}

/// The job writes.
#[component]
fn Running(view: ImportView) -> impl IntoView {
    let l = use_locale();
    let (done, total) = view
        .job
        .as_ref()
        .map_or((0, 0), |job| (u64::from(job.done), u64::from(job.total)));
    let label = t::import::running(l, number(l, done), number(l, total));
    // Before the first report there is nothing to measure by.
    let value = (done > 0).then_some(done);
    view! {
        <Progress id="import-running" label value=Signal::stored(value) max=Signal::stored(total)/>
        <p class="muted">{t::import::running_note(l)}</p>
        <JobLink view/>
    }
}

/// What came of it.
#[component]
fn Ended(view: ImportView) -> impl IntoView {
    let l = use_locale();
    let counts = view.counts;
    let n = |n: u32| number(l, u64::from(n));
    let (tone, title, text) = if view.state == ImportState::Failed {
        (
            Tone::Error,
            t::import::failed(l).to_owned(),
            t::import::failed_note(l).to_owned(),
        )
    } else {
        let title = if counts.error > 0 {
            t::import::done_errors(l, n(counts.error))
        } else {
            t::import::done(l).to_owned()
        };
        let text = t::import::done_counts(
            l,
            n(counts.changed),
            n(counts.duplicate),
            n(counts.error),
            n(counts.new),
            n(counts.unchanged),
        );
        (
            if counts.error > 0 {
                Tone::Warning
            } else {
                Tone::Ok
            },
            title,
            text,
        )
    };
    let users = view.kind == ImportKind::Users && view.state == ImportState::Applied;
    view! {
        <Notice tone title><p>{text}</p></Notice>
        <div class="actions">
            {users.then(|| view! {
                <LinkButton href="/utenti" kind=ButtonKind::Primary icon=IconName::Users>{t::import::to_users(l)}</LinkButton>
            })}
            <Download id=view.id/>
            <JobLink view=view.clone()/>
        </div>
    }
}

#[component]
fn Download(id: ImportId) -> impl IntoView {
    let l = use_locale();
    view! {
        <LinkButton href=format!("/importa/{id}/esito.csv") icon=IconName::Download external=true>
            {t::import::download(l)}
        </LinkButton>
    }
}

#[component]
fn JobLink(view: ImportView) -> impl IntoView {
    let l = use_locale();
    view.job.map(|job| {
        view! { <a href=format!("/operazioni/{}", job.id)>{t::import::to_job(l, job.number)}</a> }
    })
}
