//! Where the page stands.

use leptos::prelude::*;

/// One step of the path; without `href` it is only text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// The words.
    pub label: String,
    /// The page.
    pub href: Option<String>,
}

impl Crumb {
    /// A crumb that is only text.
    pub fn text(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: None,
        }
    }

    /// A crumb that leads to a page.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: Some(href.into()),
        }
    }
}

/// "Impostazioni › Generali › Utenti di Scuola Digitale". The last crumb is
/// the page itself.
#[component]
pub fn Breadcrumb(
    /// The name of the landmark: "Percorso".
    #[prop(into)]
    label: Signal<String>,
    /// The crumbs, outermost first.
    #[prop(into)]
    crumbs: Signal<Vec<Crumb>>,
) -> impl IntoView {
    let items = move || {
        let all = crumbs.get();
        let last = all.len().saturating_sub(1);
        all.into_iter()
            .enumerate()
            .map(|(index, crumb)| {
                let current = (index == last).then_some("page");
                let words = match crumb.href.filter(|_| index != last) {
                    Some(href) => view! { <a href=href>{crumb.label}</a> }.into_any(),
                    None => view! { <span aria-current=current>{crumb.label}</span> }.into_any(),
                };
                view! { <li class="breadcrumb__item">{words}</li> }
            })
            .collect_view()
    };
    view! {
        <nav class="breadcrumb" aria-label=label>
            <ol class="breadcrumb__list">{items}</ol>
        </nav>
    }
}
