//! `/importa`: what to import, the file, the latest imports.

use super::words;
use crate::{
    api::{
        ApiError,
        import::{ImportStart, Uploaded, start_import},
    },
    i18n::{self, number, t, use_locale},
    state::Announcer,
    ui::{
        Button, ButtonKind, ChoiceOption, ErrorSummary, FieldError, Icon, IconName, Notice,
        PageHeader, Progress, RadioGroup, SkeletonCards, Tone,
    },
};
use domain::{
    Locale,
    import::{Column, ImportKind, ImportView},
};
use leptos::{
    ev, html,
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys,
};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The page.
#[component]
pub fn Import() -> impl IntoView {
    let l = use_locale();
    let start = Resource::new(|| (), |()| start_import());
    view! {
        <Title text=t::import::title(l)/>
        <PageHeader title=t::import::title(l) lead=t::import::lead(l)/>
        <Transition fallback=move || view! { <p class="visually-hidden">{t::import::loading(l)}</p> <SkeletonCards count=3/> }>
            {move || Suspend::new(async move {
                match start.await {
                    Ok(start) => view! { <Choose start/> }.into_any(),
                    Err(e) => view! { <Failure error=e on_retry=move || start.refetch()/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// What stands where a call failed.
#[component]
pub(super) fn Failure(error: ApiError, #[prop(into)] on_retry: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let lost = matches!(error, ApiError::Unreachable | ApiError::Internal { .. });
    view! {
        <Notice tone=Tone::Error title=if lost { t::import::load_failed(l) } else { t::import::problem_title(l) }>
            <p>{i18n::api_error(l, &error)}</p>
            {lost.then(|| view! { <Button on_click=on_retry>{t::import::retry(l)}</Button> })}
        </Notice>
    }
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    Idle,
    /// Percent sent.
    Uploading(u64),
    /// All sent; the server reads.
    Checking,
}

#[component]
fn Choose(start: ImportStart) -> impl IntoView {
    let l = use_locale();
    let announcer = use_context::<Announcer>();
    let kinds = start.kinds.clone();
    let kind = RwSignal::new(kinds.first().map_or("", |k| k.code()).to_owned());
    let sending = RwSignal::new(Sending::Idle);
    let errors = RwSignal::new(Vec::<FieldError>::new());
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let busy = Signal::derive(move || sending.get() != Sending::Idle);

    let refuse = move |message: String| {
        sending.set(Sending::Idle);
        errors.set(vec![FieldError::new("import-file", message)]);
    };
    let send = move |file: web_sys::File| {
        if busy.get_untracked() {
            return;
        }
        errors.set(Vec::new());
        let navigate = navigate.clone();
        post(
            &kind.get_untracked(),
            &file,
            sending,
            move |answer| match answer {
                Ok(uploaded) => navigate(
                    &format!("/importa/{}", uploaded.id),
                    NavigateOptions::default(),
                ),
                Err(e) => refuse(i18n::api_error(l, &e)),
            },
        );
    };
    let chosen = move || {
        input
            .get_untracked()
            .and_then(|i| i.files())
            .and_then(|files| files.get(0))
    };
    let submit = {
        let send = send.clone();
        move |event: ev::SubmitEvent| {
            event.prevent_default();
            match chosen() {
                Some(file) => send(file),
                None => refuse(t::import::file_missing(l).to_owned()),
            }
        }
    };
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            // The field shows what was dropped, so that the name can be read before sending.
            if let Some(field) = input.get_untracked() {
                field.set_files(Some(&files));
            }
            errors.set(Vec::new());
        }
    };
    Effect::new(move |_| {
        if sending.get() == Sending::Checking
            && let Some(announcer) = announcer
        {
            announcer.status(t::import::checking(l));
        }
    });

    let options = kinds
        .iter()
        .map(|k| ChoiceOption::new(k.code(), words::kind(l, *k)))
        .collect::<Vec<_>>();
    let error = Signal::derive(move || errors.with(|list| list.first().map(|e| e.message.clone())));
    view! {
        <ErrorSummary id="import-errors" title=t::import::problem_title(l) errors=errors/>
        // Without a script the browser posts the form itself.
        <form class="stack" method="post" action="/importa/file" enctype="multipart/form-data" on:submit=submit>
            <RadioGroup id="kind" legend=t::import::kind_legend(l) options value=kind inline=true/>
            <Columns kind/>
            <div
                class="upload"
                class:upload--over=over
                on:dragover=move |event: ev::DragEvent| {
                    event.prevent_default();
                    over.set(true);
                }
                on:dragleave=move |_| over.set(false)
                on:drop=drop
            >
                <Icon name=IconName::Upload/>
                <p class="upload__text">{t::import::file_drop(l)}</p>
                <label class="field__label" for="import-file">{t::import::file_label(l)}</label>
                <input
                    node_ref=input
                    class="upload__input"
                    type="file"
                    id="import-file"
                    name="file"
                    accept=".csv,.txt,.tsv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby="import-limits"
                    on:change=move |_| errors.set(Vec::new())
                />
                <p class="upload__limits" id="import-limits">{t::import::file_limits(l)}</p>
                <Button submit=true kind=ButtonKind::Primary busy icon=IconName::Upload>{t::import::upload(l)}</Button>
                {move || {
                    (sending.get() != Sending::Idle).then(|| {
                        let label = Signal::derive(move || match sending.get() {
                            Sending::Uploading(percent) => t::import::uploading(l, percent),
                            Sending::Checking | Sending::Idle => t::import::checking(l).to_owned(),
                        });
                        let value = Signal::derive(move || match sending.get() {
                            Sending::Uploading(percent) => Some(percent),
                            Sending::Checking | Sending::Idle => None,
                        });
                        view! { <Progress id="import-progress" label value max=100/> }
                    })
                }}
            </div>
        </form>
        {(!start.recent.is_empty()).then(|| view! { <Recent imports=start.recent.clone()/> })}
    }
}

/// Which columns the chosen kind of file has.
#[component]
fn Columns(kind: RwSignal<String>) -> impl IntoView {
    let l = use_locale();
    move || {
        let kind = ImportKind::from_code(&kind.get())?;
        let mut required = Column::required(kind).to_vec();
        if kind == ImportKind::Users {
            required.insert(0, Column::Username);
        }
        let optional: Vec<Column> = Column::of(kind)
            .iter()
            .copied()
            .filter(|c| !required.contains(c))
            .collect();
        Some(view! {
            <div class="stack stack--tight">
                <p>{t::import::columns_required(l, words::columns_list(&required))}</p>
                <p>{t::import::columns_optional(l, words::columns_list(&optional))}</p>
                <p class="muted">{t::import::columns_note(l)}</p>
            </div>
        })
    }
}

#[component]
fn Recent(imports: Vec<ImportView>) -> impl IntoView {
    let l = use_locale();
    let rows = imports
        .into_iter()
        .map(|import| recent_row(l, import))
        .collect_view();
    view! {
        <section class="section" aria-labelledby="import-recent">
            <h2 id="import-recent">{t::import::recent(l)}</h2>
            <div class="table-region">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{t::import::recent_file(l)}</th>
                            <th scope="col">{t::import::recent_kind(l)}</th>
                            <th scope="col">{t::import::recent_rows(l)}</th>
                            <th scope="col">{t::import::recent_state(l)}</th>
                            <th scope="col">{t::import::recent_when(l)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn recent_row(l: Locale, import: ImportView) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="cell-name"><a href=format!("/importa/{}", import.id)>{import.file_name}</a></th>
            <td>{words::kind(l, import.kind)}</td>
            <td>{number(l, u64::from(import.counts.rows()))}</td>
            <td>{words::state(l, import.state)}</td>
            <td><time datetime=import.created_at.to_string()>{i18n::moment(l, import.created_at)}</time></td>
        </tr>
    }
}

/// Sends the file with its progress, which `fetch` does not tell.
fn post(
    kind: &str,
    file: &web_sys::File,
    sending: RwSignal<Sending>,
    done: impl Fn(Result<Uploaded, ApiError>) + 'static,
) {
    let started = (|| {
        let form = web_sys::FormData::new().ok()?;
        form.append_with_str("kind", kind).ok()?;
        form.append_with_blob_and_filename("file", file, &file.name())
            .ok()?;
        let request = web_sys::XmlHttpRequest::new().ok()?;
        request.open("POST", "/importa/file").ok()?;
        request
            .set_request_header("Accept", "application/json")
            .ok()?;
        Some((request, form))
    })();
    let Some((request, form)) = started else {
        done(Err(ApiError::Unreachable));
        return;
    };
    sending.set(Sending::Uploading(0));
    if let Ok(upload) = request.upload() {
        let progress =
            Closure::<dyn Fn(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| {
                let (sent, all) = (event.loaded(), event.total().max(1.0));
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 0 and 100"
                )]
                let percent = (sent * 100.0 / all) as u64;
                let _ = sending.try_set(if percent >= 100 {
                    Sending::Checking
                } else {
                    Sending::Uploading(percent)
                });
            });
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        progress.forget();
    }
    let answered = request.clone();
    let end = Closure::<dyn Fn()>::new(move || {
        let _ = sending.try_set(Sending::Idle);
        let text = answered.response_text().ok().flatten().unwrap_or_default();
        let answer = match answered.status() {
            Ok(200) => serde_json::from_str(&text).map_err(|_| ApiError::BadRequest),
            Ok(413) => Err(ApiError::File(domain::import::FileError::TooLarge {
                max_megabytes: 50,
            })),
            _ => Err(serde_json::from_str(&text).unwrap_or(ApiError::Unreachable)),
        };
        done(answer);
    });
    request.set_onloadend(Some(end.as_ref().unchecked_ref()));
    // Once per upload; freed with the page.
    end.forget();
    if request.send_with_opt_form_data(Some(&form)).is_err() {
        sending.set(Sending::Idle);
    }
}
