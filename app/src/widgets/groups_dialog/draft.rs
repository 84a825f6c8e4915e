//! The ticks of the dialog, not yet saved.

use domain::{
    GroupId,
    person::PersonKind,
    user::{GroupChoice, GroupsView, is_unlikely},
};
use std::collections::BTreeSet;

/// What was read, and what is ticked now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Version of the user that was read.
    pub version: i32,
    /// Every group.
    pub groups: Vec<GroupChoice>,
    /// Kinds of the linked records.
    pub kinds: Vec<PersonKind>,
    /// Ticked now.
    pub chosen: BTreeSet<GroupId>,
}

impl Draft {
    /// As read: nothing changed yet.
    pub fn of(view: GroupsView) -> Self {
        let chosen = view
            .groups
            .iter()
            .filter(|c| c.member)
            .map(|c| c.group.id)
            .collect();
        Self {
            version: view.version,
            groups: view.groups,
            kinds: view.kinds,
            chosen,
        }
    }

    /// Whether a tick differs from what was read.
    pub fn is_dirty(&self) -> bool {
        self.groups.iter().any(|c| self.change(c).is_some())
    }

    /// `Some(true)`: added, `Some(false)`: taken away.
    pub fn change(&self, choice: &GroupChoice) -> Option<bool> {
        let ticked = self.chosen.contains(&choice.group.id);
        (ticked != choice.member).then_some(ticked)
    }

    /// «+ Tutori, – Alunni», additions first.
    pub fn changes(&self) -> String {
        let of = |wanted: bool, sign: &str| -> Vec<String> {
            self.groups
                .iter()
                .filter(|c| self.change(c) == Some(wanted))
                .map(|c| format!("{sign} {}", c.group.name))
                .collect()
        };
        [of(true, "+"), of(false, "–")].concat().join(", ")
    }

    /// Names of what is ticked.
    pub fn chosen_names(&self) -> String {
        list(
            self.groups
                .iter()
                .filter(|c| self.chosen.contains(&c.group.id))
                .map(|c| c.group.name.as_str()),
        )
    }

    /// Ticks or unticks.
    pub fn set(&mut self, group: GroupId, ticked: bool) {
        if ticked {
            self.chosen.insert(group);
        } else {
            self.chosen.remove(&group);
        }
    }

    /// A ticked group that does not fit the kinds of the linked records.
    pub fn is_unlikely(&self, choice: &GroupChoice) -> bool {
        self.chosen.contains(&choice.group.id) && is_unlikely(&self.kinds, &choice.group.code)
    }
}

/// Words with commas between.
pub fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::user::GroupName;

    fn draft() -> Draft {
        let choice = |id: i64, name: &str, member: bool| GroupChoice {
            group: GroupName {
                id: GroupId(id),
                code: name.to_lowercase(),
                name: name.to_owned(),
            },
            member,
            locked: None,
        };
        Draft::of(GroupsView {
            version: 3,
            groups: vec![
                choice(1, "Docenti", false),
                choice(2, "Tutori", false),
                choice(3, "Alunni", true),
            ],
            kinds: vec![PersonKind::Guardian],
        })
    }

    #[test]
    fn changes_are_told_with_their_sign_and_ticking_back_leaves_none() {
        let mut draft = draft();
        draft.set(GroupId(2), true);
        draft.set(GroupId(3), false);
        assert_eq!(draft.changes(), "+ Tutori, – Alunni");
        draft.set(GroupId(2), false);
        draft.set(GroupId(3), true);
        assert!(!draft.is_dirty());
    }

    #[test]
    fn a_guardian_ticked_among_the_pupils_is_pointed_out() {
        let draft = draft();
        let unlikely: Vec<_> = draft
            .groups
            .iter()
            .filter(|c| draft.is_unlikely(c))
            .map(|c| &c.group.name)
            .collect();
        assert_eq!(unlikely, ["Alunni"]);
    }
}
