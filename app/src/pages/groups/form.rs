//! A group as a form: names, rights, the day from which passwords are no longer accepted.

mod delete;

use super::{capital, name_in, rights_words};
use crate::{
    api::{
        ApiError,
        group_page::{change_group, create_group},
    },
    i18n::{api_error, field_error, right_name, t, use_locale},
    state::Toasts,
    ui::{
        Button, ButtonKind, CheckboxField, ChoiceOption, ErrorSummary, FieldError as Fault,
        LinkButton, Notice, PageHeader, SelectField, TextField, Tone,
    },
    widgets::{LeaveGuard, Leaving, use_leave_guard},
};
use delete::{Deletion, Question};
use domain::{
    GroupId, Locale,
    access::Right,
    group::{GROUP_NAME_MAX, GroupDraft, GroupView, NAME_FIELDS, PASSWORD_MIN, PASSWORD_MIN_MOST},
    problem::Conflict,
    user::FieldErrors,
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// What is typed, and what became of it.
#[derive(Clone, Copy)]
struct Sheet {
    l: Locale,
    /// The group with the version that was seen; `None` is a new one.
    seen: Option<(GroupId, i32)>,
    names: [RwSignal<String>; 4],
    rights: RwSignal<BTreeSet<Right>>,
    off: RwSignal<String>,
    least: RwSignal<String>,
    /// Names and rights are the law's: they are shown and stay.
    fixed: bool,
    errors: RwSignal<FieldErrors>,
    refused: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    leaving: Leaving,
    toasts: Option<Toasts>,
}

/// The group as it came, or an empty one.
fn drawn(group: Option<&GroupView>) -> GroupDraft {
    GroupDraft {
        names: group.map(|g| g.names.clone()).unwrap_or_default(),
        rights: group.map(|g| g.rights.clone()).unwrap_or_default(),
        password_off_from: group
            .and_then(|g| g.password_off_from)
            .map(|d| d.to_string())
            .unwrap_or_default(),
        password_min: group.map_or(PASSWORD_MIN, |g| g.password_min),
    }
}

/// The form; `None` is a new group.
#[component]
pub fn GroupForm(
    /// Which group.
    group: Option<GroupView>,
    /// Passwords can be switched off here.
    switches_off: bool,
    /// Reads the group again.
    reload: Callback<()>,
) -> impl IntoView {
    let l = use_locale();
    let came = drawn(group.as_ref());
    let title = match &group {
        Some(g) => t::group_page::edit_title(l, name_in(l, &g.names)),
        None => t::group_page::new(l).to_owned(),
    };
    let names = came.names.clone().map(RwSignal::new);
    let rights = RwSignal::new(came.rights.iter().copied().collect::<BTreeSet<_>>());
    let off = RwSignal::new(came.password_off_from.clone());
    let least = RwSignal::new(came.password_min.to_string());
    let dirty = Memo::new(move |_| typed(names, rights, off, least) != came);
    let sheet = Sheet {
        l,
        seen: group.as_ref().map(|g| (g.id, g.version)),
        names,
        rights,
        off,
        least,
        fixed: group.as_ref().is_some_and(|g| g.fixed),
        errors: RwSignal::new(FieldErrors::default()),
        refused: RwSignal::new(None),
        busy: RwSignal::new(false),
        leaving: use_leave_guard(dirty.into()),
        toasts: use_context(),
    };
    let asking = RwSignal::new(false);
    let lengths: Vec<ChoiceOption> = (PASSWORD_MIN..=PASSWORD_MIN_MOST)
        .map(|n| ChoiceOption::new(n.to_string(), t::group_page::min_option(l, n)))
        .collect();
    let summary = Signal::derive(move || {
        sheet.errors.with(|e| {
            e.0.iter()
                .map(|(field, e)| Fault::new(format!("group-{field}"), fault_words(l, field, e)))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <PageHeader title=title.clone() />
        <form
            class="form form--panel"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                sheet.save();
            }
        >
            <ErrorSummary id="group-errors" title=t::group_page::problem(l) errors=summary />
            {move || sheet.refused.get().map(|e| refusal(sheet, e, reload))}
            {sheet
                .fixed
                .then(|| view! { <Notice tone=Tone::Info><p id="group-fixed">{t::house::role_fixed_why(l)}</p></Notice> })}
            {names_fields(sheet)}
            {if sheet.fixed {
                held_rights(sheet).into_any()
            } else {
                view! {
                    <fieldset class="fieldset">
                        <legend class="fieldset__legend">{t::group_page::rights_legend(l)}</legend>
                        <div class="fieldset__choices">{rights_fields(sheet)}</div>
                    </fieldset>
                }
                    .into_any()
            }}
            <SelectField
                id="group-password_min"
                label=t::group_page::min(l)
                value=least
                options=Signal::stored(lengths)
                hint=Signal::stored(Some(t::group_page::min_hint(l).to_owned()))
            />
            {switches_off
                .then(|| {
                    view! {
                        <TextField
                            id="group-password_off_from"
                            label=t::group_page::off_label(l)
                            value=off
                            input_type="date"
                            hint=Signal::stored(Some(t::group_page::off_hint(l).to_owned()))
                            error=sheet.error("password_off_from")
                        />
                    }
                })}
            <div class="form__actions">
                <Button submit=true kind=ButtonKind::Primary busy=sheet.busy>{t::group_page::save(l)}</Button>
                <LinkButton href="/gruppi" kind=ButtonKind::Quiet>{t::group_page::cancel(l)}</LinkButton>
                {group.clone().map(|g| view! { <Deletion group=g asking=asking /> })}
            </div>
        </form>
        {group.map(|g| view! { <Question group=g asking=asking leaving=sheet.leaving refused=sheet.refused /> })}
        <LeaveGuard leaving=sheet.leaving section=title busy=sheet.busy on_save=move || sheet.save() />
    }
}

fn typed(
    names: [RwSignal<String>; 4],
    rights: RwSignal<BTreeSet<Right>>,
    off: RwSignal<String>,
    least: RwSignal<String>,
) -> GroupDraft {
    GroupDraft {
        names: names.map(|n| n.get()),
        // In the order of the rights, as they come.
        rights: rights.with(|r| Right::ALL.into_iter().filter(|x| r.contains(x)).collect()),
        password_off_from: off.get(),
        password_min: least.with(|n| n.parse().unwrap_or(PASSWORD_MIN)),
    }
}

fn names_fields(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let labels = [
        t::group_page::name_it(l),
        t::group_page::name_de(l),
        t::group_page::name_fr(l),
        t::group_page::name_en(l),
    ];
    NAME_FIELDS
        .into_iter()
        .zip(labels)
        .zip(sheet.names)
        .enumerate()
        .map(|(n, ((field, label), value))| {
            let hint = (n == 1).then(|| t::group_page::name_hint(l).to_owned());
            view! {
                <TextField
                    id=format!("group-{field}")
                    label=label
                    value=value
                    hint=Signal::stored(hint)
                    error=sheet.error(field)
                    required=n == 0
                    autocomplete="off"
                    maxlength=u32::try_from(GROUP_NAME_MAX).unwrap_or(60)
                    readonly=sheet.fixed
                />
            }
        })
        .collect_view()
}

/// The rights of a role whose rights stay.
fn held_rights(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let held: Vec<Right> = sheet.rights.with_untracked(|r| r.iter().copied().collect());
    view! {
        <dl class="facts">
            <div>
                <dt>{t::group_page::rights(l)}</dt>
                <dd>{rights_words(l, &held)}</dd>
            </div>
        </dl>
    }
}

fn rights_fields(sheet: Sheet) -> impl IntoView {
    let (l, rights) = (sheet.l, sheet.rights);
    Right::ALL
        .into_iter()
        .map(|right| {
            view! {
                <CheckboxField
                    id=format!("group-right-{}", right.code())
                    label=capital(right_name(l, right))
                    checked=Signal::derive(move || rights.with(|r| r.contains(&right)))
                    on_change=move |on: bool| {
                        rights
                            .update(|r| {
                                if on { r.insert(right) } else { r.remove(&right) };
                            });
                    }
                />
            }
        })
        .collect_view()
}

/// Why it was not saved. Where somebody else saved meanwhile, what is typed stays until the
/// group is read again.
fn refusal(sheet: Sheet, e: ApiError, reload: Callback<()>) -> impl IntoView {
    let l = sheet.l;
    let changed = matches!(e, ApiError::Conflict(Conflict::GroupChanged));
    view! {
        <div role="alert">
            <Notice tone=Tone::Error>
                <p>{api_error(l, &e)}</p>
                {changed
                    .then(|| {
                        view! {
                            <div class="notice__actions">
                                <Button on_click=reload>{t::group_page::reload(l)}</Button>
                            </div>
                        }
                    })}
            </Notice>
        </div>
    }
}

impl Sheet {
    fn error(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.errors
                .with(|e| e.of(field).map(|e| fault_words(self.l, field, e)))
        })
    }

    fn save(self) {
        if self.busy.get_untracked() {
            return;
        }
        let draft = untrack(move || typed(self.names, self.rights, self.off, self.least));
        self.refused.set(None);
        self.errors.set(FieldErrors::default());
        if let Err(wrong) = draft.check() {
            self.leaving.stay();
            self.errors.set(wrong);
            return;
        }
        self.busy.set(true);
        let name = draft.names[0].trim().to_owned();
        spawn_local(async move {
            let answer = match self.seen {
                Some((id, version)) => change_group(id, version, draft).await,
                None => create_group(draft).await.map(drop),
            };
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    if let Some(toasts) = self.toasts {
                        toasts.push(Tone::Ok, t::group_page::saved(self.l, name));
                    }
                    self.leaving.go("/gruppi");
                }
                Err(e) => {
                    self.leaving.stay();
                    match e {
                        ApiError::Invalid(wrong) => self.errors.set(wrong),
                        e => self.refused.set(Some(e)),
                    }
                }
            }
        });
    }
}

fn fault_words(l: Locale, field: &str, e: &domain::user::FieldError) -> String {
    if field == "password_off_from" {
        t::group_page::off_wrong(l).to_owned()
    } else {
        field_error(l, e)
    }
}
