//! «Fascicoli»: folders with their files, «+ Fascicolo», and their deletion.

use super::{folder_form::FolderForm, sheet::Sheet};
use crate::{
    api::registry::delete_folder,
    i18n::{api_error, day, number, t},
    ui::{Button, ButtonKind, ConfirmDialog, Icon, IconName, Notice, Tone, dom},
};
use domain::{
    FolderId, Locale, PersonId,
    person::folder::{Folder, FolderFile},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

/// The folders, for those who keep the registry.
#[component]
pub fn Folders(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let query = use_query_map();
    let asked = query.with_untracked(|q| q.get("apri").is_some_and(|v| v == "fascicolo"));
    let adding = RwSignal::new(asked);
    let doomed = RwSignal::new(None::<(FolderId, String)>);
    let open = RwSignal::new(false);
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    Effect::new(move |_| {
        // Who came by «+ Fascicolo» of a card writes at once.
        if asked {
            dom::focus_id("folder-title");
        }
    });
    let add = move || {
        adding.set(true);
        request_animation_frame(|| {
            dom::focus_id("folder-title");
        });
    };
    let ask = move |id: FolderId, title: String| {
        refused.set(None);
        doomed.set(Some((id, title)));
        open.set(true);
    };
    let confirm = move || {
        let Some((id, title)) = doomed.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = delete_folder(id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    open.set(false);
                    if let Some(toasts) = sheet.toasts {
                        toasts.push(Tone::Ok, t::registry::folder_deleted(l, title));
                    }
                    sheet.read_again(false).await;
                }
                Err(e) => refused.set(Some(api_error(l, &e))),
            }
        });
    };
    let body = move || match sheet.data.with(|p| p.folders.clone()) {
        None => view! { <p class="muted">{t::registry::folders_hidden(l)}</p> }.into_any(),
        Some(all) if all.is_empty() => {
            view! { <p class="muted">{t::registry::no_folders(l)}</p> }.into_any()
        }
        Some(all) => {
            let id = sheet.id();
            let may = sheet.may_edit();
            let all = all
                .into_iter()
                .map(|f| folder(l, id, f, may, ask))
                .collect_view();
            view! { <ul class="folders">{all}</ul> }.into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby="folders-title">
            <div class="section__head">
                <h2 class="section__title" id="folders-title">{t::registry::folders(l)}</h2>
                <div class="section__actions">
                    {move || {
                        (sheet.may_edit() && !adding.get())
                            .then(|| {
                                view! {
                                    <Button id="folder-add" on_click=add>
                                        {t::registry::folder(l)}
                                    </Button>
                                }
                            })
                    }}
                </div>
            </div>
            <div class="section__body">
                <Show when=move || sheet.may_edit() && adding.get()>
                    <FolderForm sheet=sheet adding=adding />
                </Show>
                {body}
            </div>
        </section>
        <ConfirmDialog
            id="folder-delete"
            open=open
            title=Signal::derive(move || {
                t::registry::folder_delete_title(l, doomed.with(|d| d.as_ref().map(|d| d.1.clone()).unwrap_or_default()))
            })
            cancel_label=t::user::cancel(l)
            confirm_label=t::registry::folder_delete(l)
            danger=true
            busy=busy
            on_confirm=confirm
        >
            <p>{t::registry::folder_delete_text(l)}</p>
            {move || refused.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })}
        </ConfirmDialog>
    }
}

fn folder(
    l: Locale,
    person: PersonId,
    f: Folder,
    may: bool,
    ask: impl Fn(FolderId, String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let (id, title) = (f.id, f.title.clone());
    let of = title.clone();
    let files = f
        .files
        .into_iter()
        .map(|file| view! { <li>{file_link(l, person, file)}</li> })
        .collect_view();
    let note = (!f.note.is_empty()).then(|| view! { <p class="folder__note">{f.note}</p> });
    view! {
        <li class="folder">
            <div class="folder__head">
                <h3 class="folder__title">{title}</h3>
                <time datetime=f.day.to_string()>{day(l, f.day)}</time>
                {may
                    .then(move || {
                        let shown = of.clone();
                        view! {
                            <Button kind=ButtonKind::Quiet on_click=move || ask(id, of.clone())>
                                {t::registry::delete(l)} <span class="visually-hidden">" " {shown}</span>
                            </Button>
                        }
                    })}
            </div>
            {note}
            <ul class="folder__files">{files}</ul>
            <p class="muted">{t::registry::folder_by(l, f.created_by)}</p>
        </li>
    }
}

fn file_link(l: Locale, person: PersonId, file: FolderFile) -> impl IntoView {
    let size = size_words(l, file.size);
    let there = format!("/anagrafiche/{person}/fascicoli/{}", file.id);
    let saved_as = file.name.clone();
    view! {
        <a class="folder__file" href=there rel="external" download=saved_as>
            <Icon name=IconName::Download />
            <span>{file.name}</span>
            " "
            <span class="muted">{size}</span>
        </a>
    }
}

/// «340 kB», «2,4 MB».
fn size_words(l: Locale, bytes: u64) -> String {
    if bytes < 1_000_000 {
        return format!("{} kB", number(l, bytes.div_ceil(1000)));
    }
    let tenths = bytes / 100_000;
    let point = if matches!(l, Locale::It | Locale::Fr) {
        ','
    } else {
        '.'
    };
    format!("{}{point}{} MB", tenths / 10, tenths % 10)
}
