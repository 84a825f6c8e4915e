//! «Intendevi gmail.com?»: a hint about a mistyped mail domain. It blocks nothing.

use crate::{
    i18n::{t, use_locale},
    ui::{Button, ButtonKind, dom},
};
use domain::{email::suggested_domain, user::Namesake};
use leptos::prelude::*;

/// The address with a well-known domain instead of the one that was mistyped.
pub fn suggestion(typed: &str) -> Option<String> {
    let (mailbox, domain) = typed.trim().rsplit_once('@')?;
    suggested_domain(domain).map(|known| format!("{mailbox}@{known}"))
}

/// «ROSSI MARIA (0000123), …»
pub fn names(people: &[Namesake]) -> String {
    people
        .iter()
        .map(|p| format!("{} ({})", p.name, p.username))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The hint under an address field, with a button that takes the suggestion over. Give it
/// the address as it stood when the field was left, so that nothing flickers while typing.
#[component]
pub fn EmailHint(
    /// The address as it stood when the field was left.
    #[prop(into)]
    left: Signal<String>,
    /// The field's text: set by the button.
    value: RwSignal<String>,
    /// The field's id: it takes the focus after the button.
    #[prop(into)]
    field: String,
) -> impl IntoView {
    let l = use_locale();
    let field = StoredValue::new(field);
    move || {
        let left = left.get();
        let meant = suggestion(&left).filter(|_| value.with(|v| *v == left))?;
        let domain = meant
            .rsplit_once('@')
            .map(|(_, d)| d.to_owned())
            .unwrap_or_default();
        let words = t::user::use_address(l, &meant);
        let take = move || {
            value.set(meant.clone());
            dom::focus_id(&field.get_value());
        };
        Some(view! {
            <p class="field__hint" role="status">
                {t::user::did_you_mean(l, domain)}
                " "
                <Button kind=ButtonKind::Quiet on_click=take>{words}</Button>
            </p>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_domain_of_the_address_is_put_right() {
        assert_eq!(
            suggestion(" anna@gmial.com ").as_deref(),
            Some("anna@gmail.com")
        );
        assert_eq!(suggestion("anna@scuola.example"), None);
        assert_eq!(suggestion("gmial.com"), None);
    }
}
