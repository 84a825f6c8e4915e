//! The profiles at the left: choose, add, rename, deactivate, archive (X11, X12).

use super::desk::{Desk, name_of};
use crate::{
    i18n::t,
    ui::{
        Button, ButtonKind, Dialog, DialogActions, IconName, MenuButton, MenuEntry, Tag, TextField,
    },
};
use domain::authorisation::{DraftProfile, PROFILE_NAME_MAX, ProfileState};
use leptos::prelude::*;

/// What the dialog names: a new profile or a known one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    New,
    Rename(usize),
}

/// The list.
#[component]
pub fn Profiles(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let naming = RwSignal::new(Naming::New);
    let open = RwSignal::new(false);
    let ask = move |what: Naming| {
        naming.set(what);
        open.set(true);
    };
    let lines = move || {
        let count = desk.draft.with(|d| d.profiles.len());
        (0..count)
            .map(|place| {
                line(
                    desk,
                    place,
                    Callback::new(move |()| ask(Naming::Rename(place))),
                )
            })
            .collect_view()
    };
    view! {
        <section class="wizard-profiles" aria-labelledby="wizard-profiles-title">
            <h2 class="section__title" id="wizard-profiles-title">{t::wizard::profiles(l)}</h2>
            <ul class="wizard-profiles__list">{lines}</ul>
            <Button id="wizard-add-profile" icon=IconName::Plus on_click=move || ask(Naming::New)>
                {t::wizard::add_profile(l)}
            </Button>
        </section>
        <NameDialog desk=desk naming=naming open=open />
    }
}

fn line(desk: Desk, place: usize, rename: Callback<()>) -> impl IntoView {
    let l = desk.l;
    let (name, state, chosen, new) = desk.draft.with(|d| {
        let profile = d.profiles.get(place);
        (
            name_of(l, d, place),
            profile.map(|p| p.state).unwrap_or_default(),
            d.chosen == place,
            profile.is_some_and(|p| p.id.is_none()),
        )
    });
    let set = move |state: ProfileState| {
        desk.change(|d| {
            if let Some(p) = d.profiles.get_mut(place) {
                p.state = state;
                if state == ProfileState::Archived {
                    p.grants.clear();
                }
            }
        });
    };
    let entries = Signal::derive(move || {
        let mut entries = vec![MenuEntry::action(t::wizard::rename_profile(l), move || {
            rename.run(());
        })];
        if state == ProfileState::Active {
            entries.push(MenuEntry::action(
                t::wizard::deactivate_profile(l),
                move || {
                    set(ProfileState::Inactive);
                },
            ));
        } else {
            entries.push(MenuEntry::action(
                t::wizard::activate_profile(l),
                move || {
                    set(ProfileState::Active);
                },
            ));
        }
        if state != ProfileState::Archived {
            entries.push(MenuEntry::Separator);
            let archive = MenuEntry::action(t::wizard::archive_profile(l), move || {
                if new {
                    desk.change(|d| {
                        d.profiles.remove(place);
                        d.chosen = 0;
                    });
                } else {
                    set(ProfileState::Archived);
                }
            });
            entries.push(archive.dangerous());
        }
        entries
    });
    let word = match state {
        ProfileState::Active => None,
        ProfileState::Inactive => Some(t::wizard::state_inactive(l)),
        ProfileState::Archived => Some(t::wizard::state_archived(l)),
    };
    let menu_name = t::wizard::profile_menu(l, &name);
    view! {
        <li class="wizard-profile" class:wizard-profile--chosen=chosen>
            <button
                type="button"
                class="wizard-profile__name"
                id=format!("wizard-profile-{place}")
                aria-pressed=chosen.to_string()
                on:click=move |_| desk.change(|d| d.chosen = place)
            >
                {name}
                {word.map(|w| view! { " " <Tag>{w}</Tag> })}
            </button>
            <MenuButton
                id=format!("wizard-profile-menu-{place}")
                label=menu_name
                entries=entries
                icon_only=true
            />
        </li>
    }
}

#[component]
fn NameDialog(desk: Desk, naming: RwSignal<Naming>, open: RwSignal<bool>) -> impl IntoView {
    let l = desk.l;
    let (name, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    Effect::new(move |_| {
        if open.get() {
            error.set(None);
            name.set(match naming.get_untracked() {
                Naming::New => String::new(),
                Naming::Rename(place) => desk
                    .draft
                    .with_untracked(|d| d.profiles.get(place).map(|p| p.name.clone()))
                    .unwrap_or_default(),
            });
        }
    });
    let save = move || {
        let typed = name.get_untracked().trim().to_owned();
        let own = match naming.get_untracked() {
            Naming::Rename(place) => Some(place),
            Naming::New => None,
        };
        let taken = desk.draft.with_untracked(|d| {
            d.profiles.iter().enumerate().any(|(place, p)| {
                Some(place) != own
                    && p.state != ProfileState::Archived
                    && p.name.trim().to_lowercase() == typed.to_lowercase()
            })
        });
        if typed.is_empty() || typed.chars().count() > PROFILE_NAME_MAX || taken {
            error.set(Some(t::wizard::profile_name_wrong(l).to_owned()));
            crate::ui::dom::focus_id("wizard-profile-name");
            return;
        }
        desk.change(|d| match own {
            Some(place) => {
                if let Some(p) = d.profiles.get_mut(place) {
                    p.name = typed;
                }
            }
            None => {
                d.profiles.push(DraftProfile {
                    name: typed,
                    ..DraftProfile::default()
                });
                d.chosen = d.profiles.len() - 1;
            }
        });
        open.set(false);
    };
    let title = Signal::derive(move || {
        match naming.get() {
            Naming::New => t::wizard::add_profile(l),
            Naming::Rename(_) => t::wizard::rename_profile(l),
        }
        .to_owned()
    });
    view! {
        <Dialog id="wizard-name" open=open title=title fallback_focus="wizard-add-profile">
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <div class="dialog__body">
                    <TextField
                        id="wizard-profile-name"
                        label=t::wizard::profile_name(l)
                        value=name
                        hint=Some(t::wizard::profile_name_hint(l).to_owned())
                        error=error
                        required=true
                        autocomplete="off"
                        autofocus=true
                    />
                </div>
                <DialogActions>
                    <Button on_click=move || open.set(false)>{t::wizard::cancel(l)}</Button>
                    <Button submit=true kind=ButtonKind::Primary>{t::wizard::save(l)}</Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}
