//! Words that say a state: always an icon and a word, never a colour alone.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// The colour family of a status, notice or toast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// It went well, it is in order.
    Ok,
    /// It needs attention.
    Warning,
    /// It failed.
    Error,
    /// Good to know.
    Info,
    /// No judgement.
    #[default]
    Neutral,
}

impl Tone {
    /// The modifier of the class name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Info => "info",
            Self::Neutral => "neutral",
        }
    }

    /// The icon that goes with the tone.
    pub const fn icon(self) -> IconName {
        match self {
            Self::Ok => IconName::Check,
            Self::Warning => IconName::Warning,
            Self::Error => IconName::Cross,
            Self::Info => IconName::Info,
            Self::Neutral => IconName::Minus,
        }
    }
}

/// A status in a cell or a line: icon and word, coloured text, no box.
#[component]
pub fn Status(
    /// The tone.
    #[prop(into)]
    tone: Signal<Tone>,
    /// Another icon than the tone's.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! {
        <span class=move || format!("status status--{}", tone.get().name())>
            <Icon name=Signal::derive(move || icon.unwrap_or(tone.get().icon()))/>
            <span class="status__text">{children()}</span>
        </span>
    }
}

/// A small box with a word: a group's name, NUOVO, scaduta. Not clickable.
#[component]
pub fn Tag(
    /// The tone; neutral by default.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// An icon before the word.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! {
        <span class=move || format!("tag tag--{}", tone.get().name())>
            {icon.map(|name| view! { <Icon name=name/> })}
            {children()}
        </span>
    }
}
