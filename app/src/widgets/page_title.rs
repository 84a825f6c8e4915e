//! The title of the document, where it changes while the page is open.

use crate::state::ON_SERVER;
use leptos::{prelude::*, text_prop::TextProp};
use leptos_meta::Title;

/// `<title>` from a signal. The server writes the title into the head after the page's
/// signals are out of its reach, so there the words are read now; in the browser they
/// follow the signal.
#[component]
pub fn PageTitle(
    /// The words, without the organisation.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let words: TextProp = if ON_SERVER {
        text.get_untracked().into()
    } else {
        (move || text.get()).into()
    };
    view! { <Title text=words /> }
}
