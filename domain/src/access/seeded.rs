//! The groups and roles an organisation starts with, and the rights they carry.
//!
//! Data, not rules: the service writes these rows when an organisation is created, and the
//! permission matrix in `tests/matrix.rs` is drawn from the same rows.

use super::Right;
use crate::{Locale, organisation::OrganisationKind};

/// A group or role of a new organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeededGroup {
    /// Its address in URLs and files.
    pub code: &'static str,
    /// Its names: Italian, German, French, English.
    names: [&'static str; 4],
    /// Roles of different categories need different profiles (X21).
    pub category: &'static str,
    /// What it allows inside Delega.
    pub rights: &'static [Right],
}

impl SeededGroup {
    /// Its name in a language.
    pub const fn name(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::It => self.names[0],
            Locale::De => self.names[1],
            Locale::Fr => self.names[2],
            Locale::En => self.names[3],
        }
    }

    const fn school(
        code: &'static str,
        names: [&'static str; 4],
        rights: &'static [Right],
    ) -> Self {
        Self {
            code,
            names,
            category: "school",
            rights,
        }
    }

    /// Roles bear the same name in every language: it is their identifier on the portal.
    const fn role(
        code: &'static str,
        name: &'static str,
        category: &'static str,
        rights: &'static [Right],
    ) -> Self {
        Self {
            code,
            names: [name; 4],
            category,
            rights,
        }
    }
}

/// The code of the group that holds every right.
pub const ADMINISTRATORS: &str = "amministratori";

/// The groups or roles a new organisation of this kind starts with, in the order shown.
pub const fn seeded_groups(kind: OrganisationKind) -> &'static [SeededGroup] {
    match kind {
        OrganisationKind::School => &SCHOOL,
        OrganisationKind::Canton => &CANTON,
    }
}

const NOTHING: &[Right] = &[];
const READS: &[Right] = &[Right::ReadUsers];
/// The offices that keep pupils and staff.
const KEEPS: &[Right] = &[
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::SendCredentials,
];
/// «User_verwalten» of the role matrix.
const DELEGATES: &[Right] = &[
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageAuthorisations,
    Right::ManageUnits,
    Right::SendCredentials,
    Right::ReadAudit,
];
const EVERYTHING: &[Right] = &[Right::Administer];

const ADMINISTRATOR_NAMES: [&str; 4] = [
    "Amministratori",
    "Administratoren",
    "Administrateurs",
    "Administrators",
];

/// The nine of seed A (A8) in its order, and the administrators.
const SCHOOL: [SeededGroup; 10] = [
    SeededGroup::school(
        "docenti",
        ["Docenti", "Lehrpersonen", "Enseignants", "Teachers"],
        NOTHING,
    ),
    SeededGroup::school(
        "personale-ata",
        [
            "Personale ATA",
            "Schulpersonal (ATA)",
            "Personnel ATA",
            "School staff (ATA)",
        ],
        NOTHING,
    ),
    SeededGroup::school(
        "tutori",
        [
            "Tutori",
            "Erziehungsberechtigte",
            "Responsables légaux",
            "Guardians",
        ],
        NOTHING,
    ),
    SeededGroup::school(
        "ufficio-personale",
        [
            "Ufficio personale",
            "Personalbüro",
            "Bureau du personnel",
            "Staff office",
        ],
        KEEPS,
    ),
    SeededGroup::school(
        "ufficio-protocollo",
        [
            "Ufficio protocollo",
            "Registratur",
            "Bureau du protocole",
            "Records office",
        ],
        READS,
    ),
    SeededGroup::school(
        "ufficio-didattica",
        [
            "Ufficio didattica",
            "Schülerbüro",
            "Bureau des élèves",
            "Pupils' office",
        ],
        KEEPS,
    ),
    SeededGroup::school(
        "ufficio-contabilita",
        [
            "Ufficio contabilità",
            "Buchhaltung",
            "Comptabilité",
            "Accounts office",
        ],
        READS,
    ),
    SeededGroup::school(
        "esterni",
        ["Esterni", "Externe", "Externes", "External people"],
        NOTHING,
    ),
    SeededGroup::school(
        "alunni",
        ["Alunni", "Schülerinnen und Schüler", "Élèves", "Pupils"],
        NOTHING,
    ),
    SeededGroup::school(ADMINISTRATORS, ADMINISTRATOR_NAMES, EVERYTHING),
];

/// The role matrix of the platform. Of its rights only «User_verwalten» lies inside Delega;
/// the others (reading, uploading, closing) belong to the application the roles open.
const CANTON: [SeededGroup; 25] = [
    SeededGroup::role("bfs-superuser", "BFS_Superuser", "bfs", DELEGATES),
    SeededGroup::role("bfs-user", "BFS_User", "bfs", NOTHING),
    SeededGroup::role("bfs-read", "BFS_Read", "bfs", NOTHING),
    SeededGroup::role("kt-superuser", "KT_Superuser", "canton", DELEGATES),
    SeededGroup::role("kt-erhv", "KT_ErhV(stat_Abschlussuser)", "canton", NOTHING),
    SeededGroup::role(
        "kt-admin-abschlussuser",
        "KT_Admin_Abschlussuser",
        "canton",
        NOTHING,
    ),
    SeededGroup::role("kt-user", "KT_User", "canton", NOTHING),
    SeededGroup::role("kt-read", "KT_Read", "canton", NOTHING),
    SeededGroup::role(
        "sp-erhv-unternehmen",
        "SP_ErhV_Unternehmen",
        "hospital",
        NOTHING,
    ),
    SeededGroup::role("sp-erhv-standort", "SP_ErhV_Standort", "hospital", NOTHING),
    SeededGroup::role(
        "sp-user-unternehmen",
        "SP_User_Unternehmen",
        "hospital",
        NOTHING,
    ),
    SeededGroup::role("sp-user-standort", "SP_User_Standort", "hospital", NOTHING),
    SeededGroup::role(
        "sp-read-unternehmen",
        "SP_Read_Unternehmen",
        "hospital",
        NOTHING,
    ),
    SeededGroup::role("sp-read-standort", "SP_Read_Standort", "hospital", NOTHING),
    SeededGroup::role("empf-bag", "EMPF_BAG", "recipient", NOTHING),
    SeededGroup::role("empf-gd", "EMPF_GD", "recipient", NOTHING),
    SeededGroup::role("empf-pue", "EMPF_PUE", "recipient", NOTHING),
    SeededGroup::role("empf-versicherer", "EMPF_Versicherer", "recipient", NOTHING),
    SeededGroup::role(
        "empf-kantonale-daten",
        "EMPF_kantonale_Daten",
        "recipient",
        NOTHING,
    ),
    SeededGroup::role("empf-zmt", "EMPF_ZMT", "recipient", NOTHING),
    SeededGroup::role("empf-hplus", "EMPF_HPlus", "recipient", NOTHING),
    // Delegated management (X13): over a unit, in any profile.
    SeededGroup {
        code: "delega-unita",
        names: [
            "Gestione delegata di (sotto-)unità",
            "Delegiertes Management von (Sub-)Units",
            "Gestion déléguée de (sous-)unités",
            "Delegated management of (sub-)units",
        ],
        category: super::DELEGATION,
        rights: &[Right::ManageUnits],
    },
    SeededGroup {
        code: "delega-utenti",
        names: [
            "Gestione delegata di utenti",
            "Delegiertes Management von Benutzern",
            "Gestion déléguée d'utilisateurs",
            "Delegated management of users",
        ],
        category: super::DELEGATION,
        rights: &[Right::ReadUsers, Right::ManageUsers],
    },
    SeededGroup {
        code: "delega-autorizzazioni",
        names: [
            "Gestione delegata di autorizzazioni",
            "Delegiertes Management von Berechtigungen",
            "Gestion déléguée d'autorisations",
            "Delegated management of permissions",
        ],
        category: super::DELEGATION,
        rights: &[Right::ReadUsers, Right::ManageAuthorisations],
    },
    SeededGroup {
        code: ADMINISTRATORS,
        names: ADMINISTRATOR_NAMES,
        category: "canton",
        rights: EVERYTHING,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_stands_once_and_every_name_is_written() {
        for kind in OrganisationKind::ALL {
            let groups = seeded_groups(kind);
            assert_eq!(
                groups.iter().map(|g| g.code).collect::<HashSet<_>>().len(),
                groups.len()
            );
            assert!(
                groups
                    .iter()
                    .all(|g| Locale::ALL.iter().all(|l| !g.name(*l).is_empty()))
            );
            assert!(groups.iter().any(|g| g.code == ADMINISTRATORS));
        }
    }
}
