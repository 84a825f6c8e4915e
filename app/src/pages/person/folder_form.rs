//! «+ Fascicolo»: the form and its upload. What is refused is told; what was written and
//! chosen stays.

use super::sheet::Sheet;
use crate::{
    api::ApiError,
    i18n::{self, api_error, field_error, t},
    state::Announcer,
    ui::{
        Button, ButtonKind, ErrorSummary, FieldError, Progress, TextAreaField, TextField, Tone, dom,
    },
};
use domain::{
    Locale,
    person::folder::{FILE_MAX, FILES_MAX, FileProblem, Folder, FolderDraft, NOTE_MAX, clean_name},
    user::{self, FieldErrors},
};
use leptos::{
    html,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys,
};

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sending {
    Idle,
    /// Percent sent.
    Uploading(u64),
    /// All sent; the server checks.
    Checking,
}

/// The form.
#[component]
pub fn FolderForm(sheet: Sheet, adding: RwSignal<bool>) -> impl IntoView {
    let l = sheet.l;
    let announcer = use_context::<Announcer>();
    let today = sheet.frame.with_value(|f| f.today.to_string());
    let (title, day, note) = (
        RwSignal::new(String::new()),
        RwSignal::new(today),
        RwSignal::new(String::new()),
    );
    let errors = RwSignal::new(Vec::<FieldError>::new());
    let sending = RwSignal::new(Sending::Idle);
    let busy = Signal::derive(move || sending.get() != Sending::Idle);
    let input = NodeRef::<html::Input>::new();
    let refuse = move |wrong: &FieldErrors| {
        sending.set(Sending::Idle);
        errors.set(shown(l, wrong));
    };
    let close = move || {
        adding.set(false);
        request_animation_frame(|| {
            dom::focus_id("folder-add");
        });
    };
    let save = move |leave: bool| {
        if busy.get_untracked() {
            return;
        }
        let draft = FolderDraft {
            title: title.get_untracked(),
            day: day.get_untracked(),
            note: note.get_untracked(),
        };
        let files = chosen(input);
        let wrong = first_look(&draft, &files);
        if !wrong.is_empty() {
            refuse(&wrong);
            return;
        }
        errors.set(Vec::new());
        post(
            &format!("/anagrafiche/{}/fascicoli", sheet.id()),
            &draft,
            &files,
            sending,
            move |answer| match answer {
                Ok(_) => {
                    sheet.folder.set(None);
                    if let Some(toasts) = sheet.toasts {
                        toasts.push(Tone::Ok, t::registry::folder_added(l));
                    }
                    close();
                    if leave {
                        sheet.leaving.leave();
                        return;
                    }
                    spawn_local(sheet.read_again(false));
                }
                Err(ApiError::Invalid(wrong)) => refuse(&wrong),
                Err(e) => {
                    sending.set(Sending::Idle);
                    errors.set(vec![FieldError::new("", api_error(l, &e))]);
                }
            },
        );
    };
    // Who leaves with something written or chosen is asked.
    let picked = RwSignal::new(false);
    let save_it = Callback::new(move |(leave,): (bool,)| save(leave));
    Effect::new(move |_| {
        let empty = |text: RwSignal<String>| text.with(|t| t.trim().is_empty());
        let begun = !empty(title) || !empty(note) || picked.get();
        sheet.folder.set(begun.then_some(save_it));
    });
    on_cleanup(move || {
        let _ = sheet.folder.try_set(None);
    });
    Effect::new(move |_| {
        if sending.get() == Sending::Checking
            && let Some(announcer) = announcer
        {
            announcer.status(t::registry::checking(l));
        }
    });
    let error = move |id: &'static str| {
        Signal::derive(move || {
            let of_field = |e: &&FieldError| e.field_id == id;
            let words: Vec<String> = errors.with(|all| {
                all.iter()
                    .filter(of_field)
                    .map(|e| e.message.clone())
                    .collect()
            });
            (!words.is_empty()).then(|| words.join(" "))
        })
    };
    let file_error = error("folder-files");
    view! {
        <form
            class="form folder-form"
            aria-labelledby="folder-form-title"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                save(false);
            }
        >
            <h3 id="folder-form-title">{t::registry::folder_new(l)}</h3>
            <ErrorSummary id="folder-errors" title=t::user::problem(l) errors=errors />
            <div class="form__row">
                <TextField id="folder-title" label=t::registry::folder_title(l) value=title error=error("folder-title") required=true autocomplete="off" />
                <TextField id="folder-day" label=t::registry::folder_day(l) value=day input_type="date" error=error("folder-day") required=true autocomplete="off" />
            </div>
            <TextAreaField
                id="folder-note"
                label=t::registry::folder_note(l)
                value=note
                hint=Some(t::registry::optional(l).to_owned())
                error=error("folder-note")
                maxlength=u32::try_from(NOTE_MAX).unwrap_or(u32::MAX)
            />
            <div class="field" class:field--error=move || file_error.with(Option::is_some)>
                <label class="field__label" for="folder-files">{t::registry::files(l)}</label>
                <p class="field__hint" id="folder-files-hint">{t::registry::files_hint(l, FILE_MAX >> 20, FILES_MAX)}</p>
                <input
                    node_ref=input
                    on:change=move |_| picked.set(!chosen(input).is_empty())
                    class="upload__input"
                    type="file"
                    id="folder-files"
                    multiple=true
                    accept="application/pdf,image/jpeg,image/png,image/webp,.pdf,.jpg,.jpeg,.png,.webp"
                    aria-invalid=move || file_error.with(Option::is_some).then_some("true")
                    aria-describedby="folder-files-hint"
                />
            </div>
            {move || {
                (sending.get() != Sending::Idle)
                    .then(|| {
                        let label = Signal::derive(move || match sending.get() {
                            Sending::Uploading(percent) => t::registry::uploading(l, percent),
                            Sending::Checking | Sending::Idle => t::registry::checking(l).to_owned(),
                        });
                        let value = Signal::derive(move || match sending.get() {
                            Sending::Uploading(percent) => Some(percent),
                            Sending::Checking | Sending::Idle => None,
                        });
                        view! { <Progress id="folder-progress" label value max=100 /> }
                    })
            }}
            <div class="form__actions">
                <Button submit=true kind=ButtonKind::Primary busy=busy>{t::registry::folder_save(l)}</Button>
                <Button kind=ButtonKind::Quiet on_click=close>{t::user::cancel(l)}</Button>
            </div>
        </form>
    }
}

/// The errors for the summary, each leading to its field.
fn shown(l: Locale, wrong: &FieldErrors) -> Vec<FieldError> {
    wrong
        .0
        .iter()
        .map(|(field, e)| {
            let words = match (field.as_str(), e) {
                ("title", user::FieldError::Required) => {
                    t::registry::folder_title_required(l).to_owned()
                }
                ("day", user::FieldError::Required) => {
                    t::registry::folder_day_required(l).to_owned()
                }
                (_, user::FieldError::File(problem)) => i18n::file_problem(l, problem),
                (_, e) => field_error(l, e),
            };
            FieldError::new(format!("folder-{field}"), words)
        })
        .collect()
}

fn chosen(input: NodeRef<html::Input>) -> Vec<web_sys::File> {
    let files = input.get_untracked().and_then(|i| i.files());
    let Some(files) = files else {
        return Vec::new();
    };
    (0..files.length()).filter_map(|i| files.get(i)).collect()
}

/// What can be told without sending forty megabytes first; the service checks again.
fn first_look(draft: &FolderDraft, files: &[web_sys::File]) -> FieldErrors {
    let mut wrong = draft.check().err().unwrap_or_default();
    let mut add = |problem| wrong.add("files", user::FieldError::File(problem));
    if files.len() > FILES_MAX {
        add(FileProblem::TooMany);
    }
    for file in files {
        let name = clean_name(&file.name());
        #[allow(clippy::cast_precision_loss, reason = "ten megabytes are exact")]
        let most = FILE_MAX as f64;
        if file.size() > most {
            add(FileProblem::TooLarge { name });
        } else if file.size() < 1.0 {
            add(FileProblem::Empty { name });
        }
    }
    wrong
}

/// Sends form and files with the progress, which `fetch` does not tell.
fn post(
    to: &str,
    draft: &FolderDraft,
    files: &[web_sys::File],
    sending: RwSignal<Sending>,
    done: impl Fn(Result<Vec<Folder>, ApiError>) + 'static,
) {
    let started = (|| {
        let form = web_sys::FormData::new().ok()?;
        form.append_with_str("title", &draft.title).ok()?;
        form.append_with_str("day", &draft.day).ok()?;
        form.append_with_str("note", &draft.note).ok()?;
        for file in files {
            form.append_with_blob_and_filename("file", file, &file.name())
                .ok()?;
        }
        let request = web_sys::XmlHttpRequest::new().ok()?;
        request.open("POST", to).ok()?;
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
        let many = || user::FieldError::File(FileProblem::TooMany);
        done(match answered.status() {
            Ok(200) => serde_json::from_str(&text).map_err(|_| ApiError::BadRequest),
            Ok(413) => Err(ApiError::Invalid(FieldErrors::one("files", many()))),
            _ => Err(serde_json::from_str(&text).unwrap_or(ApiError::Unreachable)),
        });
    });
    request.set_onloadend(Some(end.as_ref().unchecked_ref()));
    // Once per upload; freed with the page.
    end.forget();
    if request.send_with_opt_form_data(Some(&form)).is_err() {
        sending.set(Sending::Idle);
    }
}
