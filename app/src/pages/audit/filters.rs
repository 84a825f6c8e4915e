//! «Periodo», «Chi», «Azione», «Oggetto», searched together; and the file of what they find.

use super::{PATH, address};
use crate::{
    api::{audit::AuditExport, users::FileKind},
    i18n::{t, use_locale},
    ui::{
        Button, ButtonKind, ChoiceOption, IconName, MenuButton, MenuEntry, SelectField, TextField,
    },
    widgets::act_words::act_words,
};
use domain::audit::{AuditFilter, AuditFrame, AuditQuery, Period, SYSTEM};
use leptos::prelude::*;

/// The code of a period in the select; days chosen by hand are `date`.
const fn code(period: Period) -> &'static str {
    match period {
        Period::All => "",
        Period::Today => "oggi",
        Period::Week => "settimana",
        Period::Month => "mese",
        Period::Days { .. } => "date",
    }
}

/// What the fields hold.
#[derive(Clone, Copy)]
struct Fields {
    period: RwSignal<String>,
    from: RwSignal<String>,
    until: RwSignal<String>,
    who: RwSignal<String>,
    action: RwSignal<String>,
    object: RwSignal<String>,
}

impl Fields {
    fn of(filter: &AuditFilter) -> Self {
        let fields = Self {
            period: RwSignal::new(String::new()),
            from: RwSignal::new(String::new()),
            until: RwSignal::new(String::new()),
            who: RwSignal::new(String::new()),
            action: RwSignal::new(String::new()),
            object: RwSignal::new(String::new()),
        };
        fields.show(filter);
        fields
    }

    fn show(self, filter: &AuditFilter) {
        let (from, until) = match filter.period {
            Period::Days { from, until } => (from, until),
            _ => (None, None),
        };
        let _ = self.period.try_set(code(filter.period).to_owned());
        let _ = self
            .from
            .try_set(from.map(|d| d.to_string()).unwrap_or_default());
        let _ = self
            .until
            .try_set(until.map(|d| d.to_string()).unwrap_or_default());
        let _ = self
            .who
            .try_set(filter.who.map(|n| n.to_string()).unwrap_or_default());
        let _ = self
            .action
            .try_set(filter.action.clone().unwrap_or_default());
        let _ = self.object.try_set(filter.object.clone());
    }

    /// The filter as chosen; what the address narrows further stays.
    fn filter(self, was: AuditFilter) -> AuditFilter {
        let period = match self.period.get_untracked().as_str() {
            "oggi" => Period::Today,
            "settimana" => Period::Week,
            "mese" => Period::Month,
            "date" => Period::Days {
                from: self.from.with_untracked(|d| d.parse().ok()),
                until: self.until.with_untracked(|d| d.parse().ok()),
            },
            _ => Period::All,
        };
        AuditFilter {
            period,
            who: self.who.with_untracked(|n| n.parse().ok()),
            action: Some(self.action.get_untracked()).filter(|a| !a.is_empty()),
            object: self.object.with_untracked(|t| t.trim().to_owned()),
            ..was
        }
    }
}

/// The filter bar.
#[component]
pub fn Filters(
    wanted: Memo<AuditQuery>,
    frame: Memo<Option<AuditFrame>>,
    go: Callback<(String,)>,
    own_only: bool,
) -> impl IntoView {
    let l = use_locale();
    let fields = Fields::of(&wanted.get_untracked().filter);
    // Back and forward change the address: the fields follow, a moment later, because a
    // field that comes alive takes over what was typed before.
    Effect::new(move |_| {
        let filter = wanted.with(|w| w.filter.clone());
        request_animation_frame(move || fields.show(&filter));
    });
    let search = move || {
        let filter = fields.filter(wanted.get_untracked().filter);
        go.run((address(&filter, None),));
    };
    let clear = move || {
        fields.show(&AuditFilter::default());
        go.run((PATH.to_owned(),));
    };
    let periods = [
        ("", t::audit::p_all(l)),
        ("oggi", t::audit::p_today(l)),
        ("settimana", t::audit::p_week(l)),
        ("mese", t::audit::p_month(l)),
        ("date", t::audit::p_days(l)),
    ]
    .into_iter()
    .map(|(value, label)| ChoiceOption::new(value, label))
    .collect::<Vec<_>>();
    let people = Signal::derive(move || {
        frame.with(|f| {
            let known = f.as_ref().map(|f| f.people.as_slice()).unwrap_or_default();
            [
                ChoiceOption::new("", t::audit::all(l)),
                ChoiceOption::new(SYSTEM.to_string(), t::audit::system(l)),
            ]
            .into_iter()
            .chain(
                known
                    .iter()
                    .map(|(id, name)| ChoiceOption::new(id.to_string(), name.clone())),
            )
            .collect::<Vec<_>>()
        })
    });
    let actions = Signal::derive(move || {
        frame.with(|f| {
            let known = f.as_ref().map(|f| f.actions.as_slice()).unwrap_or_default();
            let mut options = known
                .iter()
                .map(|a| ChoiceOption::new(a.clone(), act_words(l, a)))
                .collect::<Vec<_>>();
            options.sort_by(|a, b| a.label.cmp(&b.label));
            options.insert(0, ChoiceOption::new("", t::audit::all(l)));
            options
        })
    });
    let by_days = Memo::new(move |_| fields.period.with(|p| p == "date"));
    view! {
        <form
            class="filters filters--audit"
            role="search"
            aria-label=t::audit::filters(l)
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            <div class="filters__fields">
                <SelectField id="audit-period" label=t::audit::period(l) value=fields.period options=periods />
                {move || {
                    by_days
                        .get()
                        .then(|| {
                            view! {
                                <TextField id="audit-from" label=t::audit::from(l) value=fields.from input_type="date" />
                                <TextField id="audit-until" label=t::audit::until(l) value=fields.until input_type="date" />
                            }
                        })
                }}
                {(!own_only)
                    .then(|| {
                        view! { <SelectField id="audit-who" label=t::audit::who(l) value=fields.who options=people /> }
                    })}
                <SelectField id="audit-action" label=t::audit::action(l) value=fields.action options=actions />
                <div class="filters__search">
                    <TextField
                        id="audit-object"
                        label=t::audit::object(l)
                        value=fields.object
                        input_type="search"
                        placeholder=t::audit::object_placeholder(l)
                        autocomplete="off"
                        plain=true
                    />
                </div>
            </div>
            <div class="filters__actions">
                <Button submit=true icon=IconName::Search>{t::audit::search(l)}</Button>
                <Button kind=ButtonKind::Quiet on_click=clear>{t::audit::clear(l)}</Button>
            </div>
        </form>
    }
}

/// «Esporta»: a form, so that the browser itself saves the file while it comes, and a POST,
/// so that what was searched stands in no address.
#[component]
pub fn Export(wanted: Memo<AuditQuery>) -> impl IntoView {
    let l = use_locale();
    let (form, field) = (
        NodeRef::<leptos::html::Form>::new(),
        NodeRef::<leptos::html::Input>::new(),
    );
    let export = move |file: FileKind| {
        let query = AuditQuery {
            before: None,
            ..wanted.get_untracked()
        };
        if let (Some(form), Some(field), Ok(json)) = (
            form.get_untracked(),
            field.get_untracked(),
            serde_json::to_string(&AuditExport { file, query }),
        ) {
            field.set_value(&json);
            let _ = form.submit();
        }
    };
    let entries = vec![
        MenuEntry::action(t::audit::export_csv(l), move || export(FileKind::Csv)),
        MenuEntry::action(t::audit::export_xlsx(l), move || export(FileKind::Xlsx)),
    ];
    view! {
        <MenuButton id="audit-export" label=t::audit::export(l) entries=Signal::stored(entries) />
        <form node_ref=form method="post" action="/registro/esporta" hidden=true>
            <input node_ref=field type="hidden" name="richiesta" />
        </form>
    }
}
