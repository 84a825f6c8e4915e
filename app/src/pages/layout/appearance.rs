//! «Aspetto»: colours and density, at once and on every device.

use crate::{
    api::session::keep_preference,
    i18n::{self, t, use_locale},
    state::{Appearance, Density, Theme, Toasts},
    ui::{Button, ChoiceOption, Dialog, DialogActions, DialogSize, RadioGroup, Tone},
};
use domain::session::{self, Preference, Preferences};
use leptos::prelude::*;

/// The dialog. A choice applies and is kept as it is made: it is seen at once and undone
/// as easily.
#[component]
pub fn AppearanceDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What is kept now.
    kept: Preferences,
) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let theme = RwSignal::new(kept.theme.code().to_owned());
    let density = RwSignal::new(kept.density.code().to_owned());
    let keep = Action::new(move |preference: &Preference| {
        let preference = *preference;
        async move {
            if let (Err(e), Some(toasts)) = (keep_preference(preference).await, toasts) {
                toasts.push(Tone::Error, i18n::api_error(l, &e));
            }
        }
    });
    let show = move || {
        let look = Appearance {
            theme: match theme.get_untracked().as_str() {
                "light" => Theme::Light,
                "dark" => Theme::Dark,
                _ => Theme::Auto,
            },
            density: if density.get_untracked() == "compact" {
                Density::Compact
            } else {
                Density::Comfortable
            },
        };
        look.apply();
    };
    let choose_theme = move |value: String| {
        show();
        keep.dispatch(Preference::Theme(value.parse().unwrap_or_default()));
    };
    let choose_density = move |value: String| {
        show();
        keep.dispatch(Preference::Density(value.parse().unwrap_or_default()));
    };
    let themes = || {
        let l = use_locale();
        vec![
            ChoiceOption::new(session::Theme::Auto.code(), t::shell::theme_auto(l)),
            ChoiceOption::new(session::Theme::Light.code(), t::shell::theme_light(l)),
            ChoiceOption::new(session::Theme::Dark.code(), t::shell::theme_dark(l)),
        ]
    };
    let densities = || {
        let l = use_locale();
        vec![
            ChoiceOption::new(
                session::Density::Comfortable.code(),
                t::shell::density_comfortable(l),
            ),
            ChoiceOption::new(
                session::Density::Compact.code(),
                t::shell::density_compact(l),
            ),
        ]
    };
    view! {
        <Dialog id="aspetto" open=open title=t::shell::appearance_title(l) size=DialogSize::Small fallback_focus="persona">
            <div class="dialog__body form">
                <RadioGroup
                    id="tema"
                    legend=t::shell::theme(l)
                    options=themes()
                    value=theme
                    on_change=Callback::new(move |(value,)| choose_theme(value))
                />
                <RadioGroup
                    id="densita"
                    legend=t::shell::density(l)
                    options=densities()
                    value=density
                    on_change=Callback::new(move |(value,)| choose_density(value))
                />
                <p class="field__hint">{t::shell::appearance_kept(l)}</p>
            </div>
            <DialogActions>
                <Button on_click=move || open.set(false)>{t::shell::close(l)}</Button>
            </DialogActions>
        </Dialog>
    }
}
