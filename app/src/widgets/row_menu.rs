//! The commands of a user, wherever a row shows them: what each says, what hinders it, and
//! what it does (X8, ux §2.9).

mod ask;
mod reactivate;

pub use ask::RowMenuDialogs;

use crate::{
    api::{
        ApiResult,
        registrations::{read_commands, remind, restore_user, send_code},
        user::set_user_state,
    },
    i18n::{
        api_error,
        registration::{command_name, hindrance},
        t, use_locale,
    },
    state::{Toasts, use_session},
    ui::{MenuEntry, Tone},
    widgets::fresh_key,
};
use domain::{
    Locale, ProfileId, UserId,
    access::Right,
    registration::{Command, UserCommands},
    user::UserRow,
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeMap;

/// A user, and the profile where the row is about one.
pub type Chosen = (UserId, Option<ProfileId>);

/// What a page with rows holds once: the commands known so far, the open question, and
/// whom to tell of changes.
#[derive(Clone, Copy)]
pub struct RowMenu {
    l: Locale,
    known: RwSignal<BTreeMap<Chosen, UserCommands>>,
    asking: RwSignal<Option<(Command, UserId, String)>>,
    reactivating: RwSignal<Option<(UserId, String)>>,
    busy: RwSignal<bool>,
    changed: Callback<(Option<UserRow>,)>,
    toasts: Option<Toasts>,
    administers: bool,
    authorises: bool,
    canton: bool,
}

impl RowMenu {
    /// Makes it and puts it into the context. `changed` runs after an act, with the row where
    /// the act gives one.
    pub fn provide(changed: impl Into<Callback<(Option<UserRow>,)>>) -> Self {
        let menu = Self {
            l: use_locale(),
            known: RwSignal::new(BTreeMap::new()),
            asking: RwSignal::new(None),
            reactivating: RwSignal::new(None),
            busy: RwSignal::new(false),
            changed: changed.into(),
            toasts: use_context(),
            administers: use_session().holds(Right::Administer),
            authorises: use_session().holds(Right::ManageAuthorisations),
            canton: use_session().is_canton(),
        };
        provide_context(menu);
        menu
    }

    /// Looks up what can be done with these users now. A row without an answer yet offers
    /// nothing that needs one.
    pub fn look_up(self, ids: Vec<Chosen>) {
        if ids.is_empty() {
            return;
        }
        spawn_local(async move {
            if let Ok(found) = read_commands(ids).await {
                let _ = self.known.try_update(|known| {
                    known.extend(found.into_iter().map(|c| ((c.user, c.asked), c)))
                });
            }
        });
    }

    /// Whether the reader manages authorisations, and so may open the wizard.
    pub fn authorises(self) -> bool {
        self.authorises
    }

    /// Shows which roles an account gives back and asks why, before it is reactivated.
    pub fn ask_to_reactivate(self, id: UserId, name: String) {
        self.reactivating.set(Some((id, name)));
    }

    /// The lines of the menu for a user, the dangerous ones last and apart.
    pub fn entries(self, of: Chosen, name: String) -> Vec<MenuEntry> {
        self.entries_around(of, name, Vec::new())
    }

    /// The same with other lines between the acts of the registration and those on the
    /// account (ux §2.9).
    pub fn entries_around(
        self,
        of: Chosen,
        name: String,
        mut between: Vec<MenuEntry>,
    ) -> Vec<MenuEntry> {
        let Some(known) = self.known.with(|k| k.get(&of).cloned()) else {
            return between;
        };
        let danger = known.commands.iter().position(|(c, _)| c.asks_why());
        let mut entries = Vec::new();
        for (place, (command, why)) in known.commands.iter().enumerate() {
            if !is_of_registration(*command) {
                entries.append(&mut between);
            }
            if danger == Some(place) && !entries.is_empty() {
                entries.push(MenuEntry::Separator);
            }
            let why = why.as_ref().map(|h| hindrance(self.l, h));
            entries.push(self.entry(*command, why, &known, &name));
        }
        entries.append(&mut between);
        entries
    }

    fn entry(
        self,
        command: Command,
        why: Option<String>,
        known: &UserCommands,
        name: &str,
    ) -> MenuEntry {
        let id = known.user;
        // What hinders was decided for this profile: the act is about the same.
        let profile = known.registration.as_ref().map(|r| r.profile);
        let words = command_name(self.l, command);
        let entry = match command {
            Command::Authorise => {
                MenuEntry::link(words, format!("/utenti/{id}/abilitazione/autorizzazioni"))
            }
            Command::Deactivate | Command::Archive => {
                let name = name.to_owned();
                MenuEntry::action(words, move || {
                    self.asking.set(Some((command, id, name.clone())));
                })
                .dangerous()
            }
            // A canton's roles do not come back without a word (domain §5).
            Command::Reactivate if self.canton => {
                let name = name.to_owned();
                MenuEntry::action(words, move || self.ask_to_reactivate(id, name.clone()))
            }
            _ => {
                let name = name.to_owned();
                MenuEntry::action(words, move || self.run(command, id, profile, name.clone()))
            }
        };
        entry.disabled_because(why)
    }

    /// The way back from a deactivation of a moment ago: one click, which says so in the trail.
    fn undo_deactivation(self, id: UserId, name: String) {
        let said = t::commands::undo_reason(self.l).to_owned();
        self.run_saying(Command::Reactivate, id, None, name, said);
    }

    /// The acts that ask nothing.
    fn run(self, command: Command, id: UserId, profile: Option<ProfileId>, name: String) {
        self.run_saying(command, id, profile, name, String::new());
    }

    fn run_saying(
        self,
        command: Command,
        id: UserId,
        profile: Option<ProfileId>,
        name: String,
        said: String,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let (key, l) = (fresh_key(), self.l);
        spawn_local(async move {
            let answer: ApiResult<(String, Option<UserRow>)> = match command {
                Command::Remind => remind(id, profile, key)
                    .await
                    .map(|_| (t::commands::remind_done(l, name), None)),
                Command::NewCode => send_code(id, profile, key)
                    .await
                    .map(|_| (t::commands::new_code_done(l, name), None)),
                Command::Restore => restore_user(id)
                    .await
                    .map(|s| (t::commands::restored(l, name), Some(s.row))),
                _ => set_user_state(id, true, said)
                    .await
                    .map(|s| (t::commands::reactivated(l, name), Some(s.row))),
            };
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok((words, row)) => {
                    self.tell(Tone::Ok, words);
                    self.done(id, row);
                }
                Err(e) => self.tell(Tone::Error, api_error(l, &e)),
            }
        });
    }

    fn tell(self, tone: Tone, words: String) {
        if let Some(toasts) = self.toasts {
            toasts.push(tone, words);
        }
    }

    /// The rows of this user say something else now.
    fn done(self, id: UserId, row: Option<UserRow>) {
        self.changed.run((row,));
        let rows = self
            .known
            .with_untracked(|k| k.keys().filter(|(user, _)| *user == id).copied().collect());
        self.look_up(rows);
    }
}

/// The commands that begin or go on with a registration.
fn is_of_registration(command: Command) -> bool {
    matches!(
        command,
        Command::Authorise | Command::Remind | Command::NewCode
    )
}
