//! Editing a mail address from a row of the list, beside the button that was pressed.

use crate::{
    api::{ApiError, user::save_email},
    i18n::{api_error, field_error, t, use_locale},
    state::{Toasts, use_session},
    ui::{Button, ButtonKind, Notice, TextField, Tone, dom},
    widgets::EmailHint,
};
use domain::{
    Locale, UserId,
    problem::Conflict,
    user::{EmailDraft, UserRow},
};
use leptos::{
    ev::KeyboardEvent,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};
use std::cell::RefCell;

/// Whose address, and what the row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailTarget {
    /// The user.
    pub id: UserId,
    /// Surname and name, for the heading.
    pub name: String,
    /// The address now.
    pub email: Option<String>,
    /// Version of the row.
    pub version: i32,
}

impl From<&UserRow> for EmailTarget {
    fn from(row: &UserRow) -> Self {
        Self {
            id: row.id,
            name: row.full_name(),
            email: row.email.clone(),
            version: row.version,
        }
    }
}

/// The button that opened the editor, and the table row around it.
struct Opener {
    button: HtmlElement,
    row: Option<Element>,
}

thread_local! {
    // Not in the reactive system: elements may only be dropped on the thread that made
    // them, and the server drops the reactive system on whichever it likes.
    static OPENER: RefCell<Option<Opener>> = const { RefCell::new(None) };
}

#[derive(Clone, Copy)]
struct Editor {
    l: Locale,
    target: RwSignal<Option<EmailTarget>>,
    value: RwSignal<String>,
    error: RwSignal<Option<String>>,
    conflict: RwSignal<Option<Box<UserRow>>>,
    busy: RwSignal<bool>,
    on_saved: Callback<(UserRow,)>,
    on_send: Option<Callback<(UserRow,)>>,
    toasts: Option<Toasts>,
}

/// The editor. Mounted once a page; it opens beside the focused button when `target`
/// becomes a user, and empties `target` when it closes. Esc leaves the address as it was.
#[component]
pub fn EmailEditor(
    /// Whose address.
    target: RwSignal<Option<EmailTarget>>,
    /// Runs after a save with the row as it stands.
    #[prop(into)]
    on_saved: Callback<(UserRow,)>,
    /// «Salva e invia credenziali»: runs after the save instead of nothing. Without it the
    /// button is absent.
    #[prop(optional, into)]
    on_send: Option<Callback<(UserRow,)>>,
) -> impl IntoView {
    let editor = Editor {
        l: use_locale(),
        target,
        value: RwSignal::new(String::new()),
        error: RwSignal::new(None),
        conflict: RwSignal::new(None),
        busy: RwSignal::new(false),
        on_saved,
        // A canton's people choose their password with the registration code.
        on_send: on_send.filter(|_| !use_session().is_canton()),
        toasts: use_context(),
    };
    // Who pressed is noted before the focus moves; another person is another panel.
    let whose = Memo::new(move |_| target.with(|t| t.as_ref().map(|t| t.id)));
    move || {
        whose.get().map(|_| {
            editor.begin();
            view! { <Panel editor=editor /> }
        })
    }
}

/// The open panel. Its life is the time it is open.
#[component]
fn Panel(editor: Editor) -> impl IntoView {
    let l = editor.l;
    let node = NodeRef::<leptos::html::Div>::new();
    let left = RwSignal::new(String::new());
    Effect::new(move |_| {
        let Some(panel) = node.get() else { return };
        match OPENER.with_borrow(|o| o.as_ref().map(|o| o.button.clone())) {
            Some(anchor) => dom::show_beside(&panel, &anchor),
            None => drop(panel.show_popover()),
        }
        dom::focus_id("email-editor-field");
        let inside = panel.unchecked_into::<Element>();
        dom::on_leave(
            move || vec![inside.clone()],
            move || {
                if !editor.is_dirty() {
                    editor.close(false);
                }
            },
        );
    });
    let name = editor
        .target
        .with_untracked(|t| t.as_ref().map(|t| t.name.clone()).unwrap_or_default());
    view! {
        <div
            node_ref=node
            class="popover email-editor"
            popover="manual"
            role="dialog"
            aria-labelledby="email-editor-title"
            on:keydown=move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    event.stop_propagation();
                    editor.close(true);
                }
            }
        >
            <form
                class="form"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    editor.save(false);
                }
            >
                <h2 class="email-editor__title" id="email-editor-title">{t::user::edit_email_title(l, name)}</h2>
                <TextField
                    id="email-editor-field"
                    label=t::user::email(l)
                    value=editor.value
                    input_type="email"
                    inputmode="email"
                    autocomplete="off"
                    plain=true
                    error=editor.error
                    on_change=move || left.set(editor.value.get_untracked())
                />
                <EmailHint left=left value=editor.value field="email-editor-field" />
                {move || editor.conflict.get().map(|row| conflict(editor, *row))}
                <div class="email-editor__actions">
                    <Button submit=true kind=ButtonKind::Primary busy=editor.busy>{t::user::save(l)}</Button>
                    {editor
                        .on_send
                        .map(|_| {
                            view! {
                                <Button busy=editor.busy on_click=move || editor.save(true)>
                                    {t::user::save_and_send(l)}
                                </Button>
                            }
                        })}
                    <Button kind=ButtonKind::Quiet on_click=move || editor.close(true)>{t::user::cancel(l)}</Button>
                </div>
            </form>
        </div>
    }
}

/// Somebody else saved: what stands now, and the choice.
fn conflict(editor: Editor, row: UserRow) -> impl IntoView {
    let l = editor.l;
    let theirs = row
        .email
        .clone()
        .unwrap_or_else(|| t::user::email_missing(l).to_owned());
    let (version, email, other) = (
        row.version,
        row.email.clone().unwrap_or_default(),
        row.clone(),
    );
    let adopt = move || {
        editor.version(version);
        editor.value.set(email.clone());
        editor.conflict.set(None);
        editor.on_saved.run((other.clone(),));
        dom::focus_id("email-editor-field");
    };
    view! {
        <div role="alert">
            <Notice tone=Tone::Warning title=t::user::conflict_title(l)>
                <p>{t::user::email_conflict_theirs(l, theirs)}</p>
                <div class="notice__actions">
                    <Button id="email-editor-reload" on_click=adopt>{t::user::reload(l)}</Button>
                    <Button
                        kind=ButtonKind::Danger
                        busy=editor.busy
                        on_click=move || {
                            editor.version(version);
                            editor.save(false);
                        }
                    >
                        {t::user::overwrite(l)}
                    </Button>
                </div>
            </Notice>
        </div>
    }
}

/// To the button that opened the editor, to its row when a save has replaced the button,
/// else to the heading.
fn return_focus() {
    let Some(Opener { button, row }) = OPENER.take() else {
        dom::focus_heading();
        return;
    };
    if button.is_connected() && dom::focus_element(&button) {
        return;
    }
    let beside = row.filter(|row| row.is_connected()).and_then(|row| {
        dom::all(&row, ".user-mail button, th a, a, button")
            .first()
            .cloned()
    });
    if !beside.is_some_and(|b| dom::focus_element(&b)) {
        dom::focus_heading();
    }
}

impl Editor {
    fn begin(self) {
        let opener = dom::focused().map(|button| Opener {
            row: button.closest("tr").ok().flatten(),
            button,
        });
        OPENER.set(opener);
        self.error.set(None);
        self.conflict.set(None);
        self.value.set(self.original());
    }

    fn original(self) -> String {
        self.target
            .with_untracked(|t| t.as_ref().and_then(|t| t.email.clone()).unwrap_or_default())
    }

    fn is_dirty(self) -> bool {
        self.value.with_untracked(|v| *v != self.original())
    }

    /// Takes the version that stands now, so that the next save overwrites it.
    fn version(self, version: i32) {
        self.target.update(|t| {
            if let Some(t) = t {
                t.version = version;
            }
        });
    }

    /// Closes; the focus goes back to the button, or to its row when the button is gone.
    fn close(self, to_opener: bool) {
        self.target.set(None);
        if to_opener {
            request_animation_frame(return_focus);
        }
    }

    fn save(self, send: bool) {
        let Some(target) = self.target.get_untracked() else {
            return;
        };
        if self.busy.get_untracked() {
            return;
        }
        let draft = EmailDraft(self.value.get_untracked());
        if let Err(fields) = draft.check() {
            self.refuse(
                fields
                    .0
                    .first()
                    .map(|(_, e)| field_error(self.l, e))
                    .unwrap_or_default(),
            );
            return;
        }
        self.error.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let answer = save_email(target.id, target.version, draft).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(saved) => {
                    if let Some(toasts) = self.toasts {
                        toasts.push(Tone::Ok, t::user::email_saved(self.l, &target.name));
                        if saved.cancelled_mails > 0 {
                            toasts.push(
                                Tone::Warning,
                                t::user::cancelled_mails(self.l, saved.cancelled_mails),
                            );
                        }
                        if !saved.shared.email.is_empty() {
                            let names = crate::widgets::email_hint::names(&saved.shared.email);
                            toasts.push(Tone::Info, t::user::shared_email(self.l, names));
                        }
                    }
                    self.on_saved.run((saved.row.clone(),));
                    self.close(!send);
                    if let Some(on_send) = self.on_send.filter(|_| send) {
                        on_send.run((saved.row,));
                    }
                }
                Err(ApiError::Conflict(Conflict::Changed(row))) => {
                    self.conflict.set(Some(row));
                    request_animation_frame(|| {
                        dom::focus_id("email-editor-reload");
                    });
                }
                Err(e) => self.refuse(api_error(self.l, &e)),
            }
        });
    }

    fn refuse(self, words: String) {
        self.error.set(Some(words));
        dom::focus_id("email-editor-field");
    }
}
