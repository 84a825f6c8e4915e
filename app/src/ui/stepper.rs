//! The steps of a task.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// Where it leads, when it can be visited again.
    pub href: Option<String>,
}

/// An ordered list of steps, with `aria-current="step"` on the present one.
#[component]
pub fn Stepper(
    /// The name of the list.
    #[prop(into)]
    label: Signal<String>,
    /// The steps.
    steps: Vec<Step>,
    /// The present step, counted from 0.
    #[prop(into)]
    current: Signal<usize>,
    /// "Passo 2 di 3", shown beside the steps.
    #[prop(into)]
    position: Signal<String>,
    /// The word for a finished step: "fatto".
    #[prop(into)]
    done_label: Signal<String>,
) -> impl IntoView {
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| {
            let done = Memo::new(move |_| index < current.get());
            let words = match step.href {
                Some(href) => {
                    view! { <a class="stepper__label" href=href>{step.label}</a> }.into_any()
                }
                None => view! { <span class="stepper__label">{step.label}</span> }.into_any(),
            };
            view! {
                <li
                    class="stepper__step"
                    class:stepper__step--done=done
                    aria-current=move || (current.get() == index).then_some("step")
                >
                    <span class="stepper__number" aria-hidden="true">
                        {move || {
                            if done.get() {
                                view! { <Icon name=IconName::Check/> }.into_any()
                            } else {
                                view! { <span>{index + 1}</span> }.into_any()
                            }
                        }}
                    </span>
                    {words}
                    {move || {
                        done.get().then(|| view! { <span class="visually-hidden">" "{done_label}</span> })
                    }}
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="stepper">
            <ol class="stepper__list" aria-label=label>{items}</ol>
            <p class="stepper__position">{position}</p>
        </div>
    }
}
