//! Buttons, and links that look like buttons.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// How much weight a button has on the page. One primary action a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The act the page is for.
    Primary,
    /// An ordinary action.
    #[default]
    Secondary,
    /// An action that should not draw the eye.
    Quiet,
    /// An action that takes something away.
    Danger,
}

impl ButtonKind {
    /// The class names of this kind.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button--primary",
            Self::Secondary => "button",
            Self::Quiet => "button button--quiet",
            Self::Danger => "button button--danger",
        }
    }
}

/// A button.
///
/// It is never `disabled`, because a disabled button cannot take focus or say
/// why: with a `disabled_reason` it is `aria-disabled`, shows the reason beside
/// itself, and a click does nothing. While `busy` a second click does nothing
/// either, so a double click acts once.
#[component]
pub fn Button(
    /// The id; required for the reason to be tied to the button.
    #[prop(optional, into)]
    id: Option<String>,
    /// The weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// True for the button that submits its form.
    #[prop(optional)]
    submit: bool,
    /// True while the act runs.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why the action cannot be done now; `None` when it can.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// Focused when the dialog that holds it opens.
    #[prop(optional)]
    autofocus: bool,
    /// Runs on click, unless disabled or busy.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let reason_id = id.as_ref().map(|id| format!("{id}-reason"));
    let described = reason_id.clone();
    let blocked = move || busy.get() || disabled_reason.with(Option::is_some);
    let click = move |event: MouseEvent| {
        if busy.get_untracked() || disabled_reason.with_untracked(Option::is_some) {
            event.prevent_default();
            event.stop_propagation();
        } else if let Some(act) = on_click {
            act.run(());
        }
    };
    view! {
        <button
            id=id
            type=if submit { "submit" } else { "button" }
            class=kind.class()
            class:button--busy=busy
            autofocus=autofocus
            aria-disabled=move || blocked().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-describedby=move || described.clone().filter(|_| disabled_reason.with(Option::is_some))
            on:click=click
        >
            {icon.map(|name| view! { <Icon name=name/> })}
            <span class="button__label">{children()}</span>
        </button>
        {move || {
            disabled_reason
                .get()
                .map(|reason| view! { <span class="button__reason" id=reason_id.clone()>{reason}</span> })
        }}
    }
}

/// A button that shows only an icon. Its name is the label, also shown as a
/// tooltip by the browser.
#[component]
pub fn IconButton(
    /// The id, when something must return the focus here.
    #[prop(optional, into)]
    id: Option<String>,
    /// What it does, with the object's name: "Modifica UTENTE DEMO".
    #[prop(into)]
    label: Signal<String>,
    /// The icon.
    icon: IconName,
    /// Runs on click.
    #[prop(into)]
    on_click: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            id=id
            type="button"
            class="button button--icon"
            aria-label=label
            title=label
            on:click=move |_| on_click.run(())
        >
            <Icon name=icon/>
        </button>
    }
}

/// A link with the look of a button: it goes somewhere, it does nothing else.
#[component]
pub fn LinkButton(
    /// Where it goes.
    #[prop(into)]
    href: Signal<String>,
    /// The weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// The id.
    #[prop(optional, into)]
    id: Option<String>,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// True for a file or another site: the router lets the browser go.
    #[prop(optional)]
    external: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a id=id class=kind.class() href=href rel=external.then_some("external")>
            {icon.map(|name| view! { <Icon name=name/> })}
            <span class="button__label">{children()}</span>
        </a>
    }
}
