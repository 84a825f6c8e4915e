//! What an edit adds (+) and takes away (–).

use super::{DraftGrant, DraftProfile, ProfileState};
use serde::{Deserialize, Serialize};

/// What happens to one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChange {
    /// Its name after the change.
    pub name: String,
    /// It is new.
    pub new: bool,
    /// Its former name, where it was renamed.
    pub renamed: Option<String>,
    /// Its state after the change, where that differs.
    pub state: Option<ProfileState>,
    /// Grants that come.
    pub added: Vec<DraftGrant>,
    /// Grants that go.
    pub removed: Vec<DraftGrant>,
}

/// What an edit does, profile by profile; empty where it does nothing.
pub type Changes = Vec<ProfileChange>;

/// Compares the stored profiles with the edited ones. A grant whose dates or representation
/// differ goes and comes.
pub fn changes(stored: &[DraftProfile], edited: &[DraftProfile]) -> Changes {
    let nothing = DraftProfile::default();
    edited
        .iter()
        .filter_map(|after| {
            let before = after
                .id
                .and_then(|id| stored.iter().find(|p| p.id == Some(id)));
            let was = before.unwrap_or(&nothing);
            let change = ProfileChange {
                name: after.name.trim().to_owned(),
                new: before.is_none(),
                renamed: before
                    .filter(|b| b.name.trim() != after.name.trim())
                    .map(|b| b.name.clone()),
                state: (was.state != after.state).then_some(after.state),
                added: missing(&after.grants, &was.grants),
                removed: missing(&was.grants, &after.grants),
            };
            let does_something = change.renamed.is_some()
                || change.state.is_some()
                || !change.added.is_empty()
                || !change.removed.is_empty();
            (change.new || does_something).then_some(change)
        })
        .collect()
}

/// Those of `these` that are not among `those`.
fn missing(these: &[DraftGrant], those: &[DraftGrant]) -> Vec<DraftGrant> {
    these
        .iter()
        .filter(|g| !those.contains(g))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GroupId, ProfileId, UnitId};

    fn grant(role: i64, unit: i64) -> DraftGrant {
        DraftGrant {
            role: GroupId(role),
            unit: Some(UnitId(unit)),
            from: None,
            until: None,
            pass_on: false,
        }
    }

    #[test]
    fn what_comes_and_what_goes_is_told_profile_by_profile() {
        let stored = vec![DraftProfile {
            id: Some(ProfileId(1)),
            name: "Ospedale".into(),
            grants: vec![grant(1, 1), grant(2, 1)],
            ..Default::default()
        }];
        assert!(changes(&stored, &stored).is_empty());
        let mut edited = stored.clone();
        edited[0].name = "Ospedale X".into();
        edited[0].grants = vec![grant(2, 1), grant(2, 3)];
        edited.push(DraftProfile {
            name: "Cantone".into(),
            ..Default::default()
        });
        let found = changes(&stored, &edited);
        assert_eq!(found[0].renamed.as_deref(), Some("Ospedale"));
        assert_eq!(
            (found[0].added.clone(), found[0].removed.clone()),
            (vec![grant(2, 3)], vec![grant(1, 1)])
        );
        assert!(found[1].new && found.len() == 2);
    }
}
