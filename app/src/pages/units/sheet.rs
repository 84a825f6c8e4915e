//! «Nuova unità» and «Modifica dell'unità».

use super::words::level_word;
use crate::{
    api::{
        ApiError,
        units::{create_unit, edit_unit},
    },
    i18n::{api_error, field_error, t, use_locale},
    state::Toasts,
    ui::{
        Button, ButtonKind, ChoiceOption, Dialog, DialogActions, ErrorSummary, FieldError,
        SelectField, TextField, Tone,
    },
};
use domain::{
    Locale, UnitId,
    unit::{Canton, NewUnit, UnitDraft, UnitLevel, UnitNames, UnitRow},
    user::FieldErrors,
};
use leptos::{prelude::*, task::spawn_local};

/// What the sheet is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The unit edited, with its version; `None` is a new one.
    edited: Option<(UnitId, i32)>,
    parent: Option<UnitId>,
    above: String,
    level: UnitLevel,
    draft: UnitDraft,
}

impl Sheet {
    /// A new unit below another one.
    pub fn new_below(parent: Option<UnitId>, above: String, level: UnitLevel) -> Self {
        Self {
            edited: None,
            parent,
            above,
            level,
            draft: UnitDraft::default(),
        }
    }

    /// A unit as it stands.
    pub fn edit(unit: &UnitRow) -> Self {
        let code = |c: Option<Canton>| c.map(|c| c.code().to_owned()).unwrap_or_default();
        Self {
            edited: Some((unit.id, unit.version)),
            parent: unit.parent,
            above: String::new(),
            level: unit.level,
            draft: UnitDraft {
                names: unit.names.clone(),
                code: unit.code.clone(),
                ent_id: unit.ent_id.map(|n| format!("{n:09}")).unwrap_or_default(),
                bur: unit.bur.map(|n| format!("{n:08}")).unwrap_or_default(),
                canton_administrative: code(unit.canton_administrative),
                canton_geographic: code(unit.canton_geographic),
            },
        }
    }
}

/// The dialog; open while `sheet` holds something.
#[component]
pub fn UnitSheet(
    /// What it is about.
    sheet: RwSignal<Option<Sheet>>,
    /// Runs after a save.
    #[prop(into)]
    on_saved: Callback<()>,
) -> impl IntoView {
    let l = use_locale();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(sheet.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && sheet.with_untracked(Option::is_some) {
            sheet.set(None);
        }
    });
    let title = Signal::derive(move || {
        sheet.with(|s| match s {
            Some(s) if s.edited.is_none() => t::units::new_title(l, level_word(l, s.level)),
            _ => t::units::edit_title(l).to_owned(),
        })
    });
    view! {
        <Dialog id="unit-sheet" open=open title=title>
            {move || sheet.get().map(|s| view! { <Form about=s open=open on_saved=on_saved /> })}
        </Dialog>
    }
}

#[component]
fn Form(about: Sheet, open: RwSignal<bool>, on_saved: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let draft = about.draft.clone();
    let text = |value: &str| RwSignal::new(value.to_owned());
    let (it, de, fr, en) = (
        text(&draft.names.it),
        text(&draft.names.de),
        text(&draft.names.fr),
        text(&draft.names.en),
    );
    let (code, ent_id, bur) = (text(&draft.code), text(&draft.ent_id), text(&draft.bur));
    let (administrative, geographic) = (
        text(&draft.canton_administrative),
        text(&draft.canton_geographic),
    );
    let errors = RwSignal::new(FieldErrors::default());
    let refused = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let (level, above) = (about.level, about.above.clone());
    let typed = move || UnitDraft {
        names: UnitNames {
            it: it.get_untracked(),
            de: de.get_untracked(),
            fr: fr.get_untracked(),
            en: en.get_untracked(),
        },
        code: code.get_untracked(),
        ent_id: ent_id.get_untracked(),
        bur: bur.get_untracked(),
        canton_administrative: administrative.get_untracked(),
        canton_geographic: geographic.get_untracked(),
    };
    let save = move || {
        if busy.get_untracked() {
            return;
        }
        let draft = typed();
        refused.set(None);
        if let Err(wrong) = draft.check(level) {
            errors.set(wrong);
            return;
        }
        errors.set(FieldErrors::default());
        busy.set(true);
        let (edited, parent) = (about.edited, about.parent);
        spawn_local(async move {
            let name = draft.names.it.trim().to_owned();
            let answer = match edited {
                Some((id, version)) => edit_unit(id, version, draft).await,
                None => create_unit(NewUnit { parent, draft }).await.map(|_| ()),
            };
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    open.set(false);
                    if let Some(toasts) = toasts {
                        let words = if edited.is_some() {
                            t::units::saved(l, name)
                        } else {
                            t::units::created(l, name)
                        };
                        toasts.push(Tone::Ok, words);
                    }
                    on_saved.run(());
                }
                Err(ApiError::Invalid(wrong)) => errors.set(wrong),
                Err(e) => refused.set(Some(api_error(l, &e))),
            }
        });
    };
    let error = move |field: &'static str| {
        Signal::derive(move || errors.with(|e| e.of(field).map(|e| field_error(l, e))))
    };
    let summary = Signal::derive(move || {
        let mut all: Vec<FieldError> = errors.with(|e| {
            e.0.iter()
                .map(|(field, e)| {
                    let words = format!("{}: {}", label(l, field), field_error(l, e));
                    FieldError::new(format!("unit-field-{field}"), words)
                })
                .collect()
        });
        all.extend(refused.get().map(|words| FieldError::new("", words)));
        all
    });
    let cantons: Vec<ChoiceOption> =
        std::iter::once(ChoiceOption::new("", t::units::canton_none(l)))
            .chain(
                Canton::all()
                    .map(|c| ChoiceOption::new(c.code(), format!("{} {}", c.code(), c.name(l)))),
            )
            .collect();
    view! {
        <form
            class="form"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <div class="dialog__body">
                {(!above.is_empty()).then(|| view! { <p>{t::units::new_below(l, above)}</p> })}
                <ErrorSummary id="unit-errors" title=t::units::problem(l) errors=summary />
                <TextField id="unit-field-name" label=t::units::name(l) value=it error=error("name") required=true autocomplete="off" />
                {(level == UnitLevel::Enterprise)
                    .then(|| {
                        view! {
                            <TextField
                                id="unit-field-ent_id"
                                label=t::units::ent_id(l)
                                value=ent_id
                                hint=Some(t::units::ent_id_hint(l).to_owned())
                                error=error("ent_id")
                                inputmode="numeric"
                                autocomplete="off"
                                plain=true
                            />
                        }
                    })}
                {(level == UnitLevel::Site)
                    .then(|| {
                        view! {
                            <TextField
                                id="unit-field-bur"
                                label=t::units::bur(l)
                                value=bur
                                hint=Some(t::units::bur_hint(l).to_owned())
                                error=error("bur")
                                inputmode="numeric"
                                autocomplete="off"
                                plain=true
                            />
                        }
                    })}
                <TextField
                    id="unit-field-code"
                    label=t::units::col_id(l)
                    value=code
                    hint=matches!(level, UnitLevel::Enterprise | UnitLevel::Site).then(|| t::units::code_hint(l).to_owned())
                    error=error("code")
                    autocomplete="off"
                    plain=true
                />
                {(!matches!(level, UnitLevel::Institute | UnitLevel::SchoolSite))
                    .then(|| {
                        view! {
                            <div class="form__row">
                                <SelectField
                                    id="unit-field-canton_administrative"
                                    label=t::units::canton_administrative(l)
                                    value=administrative
                                    options=cantons.clone()
                                />
                                <SelectField
                                    id="unit-field-canton_geographic"
                                    label=t::units::canton_geographic(l)
                                    value=geographic
                                    options=cantons
                                />
                            </div>
                        }
                    })}
                <TextField id="unit-field-name_de" label=t::units::name_de(l) value=de error=error("name_de") autocomplete="off" />
                <TextField id="unit-field-name_fr" label=t::units::name_fr(l) value=fr error=error("name_fr") autocomplete="off" />
                <TextField id="unit-field-name_en" label=t::units::name_en(l) value=en error=error("name_en") autocomplete="off" />
            </div>
            <DialogActions>
                <Button on_click=move || open.set(false)>{t::units::cancel(l)}</Button>
                <Button submit=true kind=ButtonKind::Primary busy=busy>{t::units::save(l)}</Button>
            </DialogActions>
        </form>
    }
}

/// The label of a field, for the summary.
fn label(l: Locale, field: &str) -> &'static str {
    match field {
        "name" => t::units::name(l),
        "name_de" => t::units::name_de(l),
        "name_fr" => t::units::name_fr(l),
        "name_en" => t::units::name_en(l),
        "ent_id" => t::units::ent_id(l),
        "bur" => t::units::bur(l),
        "canton_administrative" => t::units::canton_administrative(l),
        "canton_geographic" => t::units::canton_geographic(l),
        _ => t::units::col_id(l),
    }
}
