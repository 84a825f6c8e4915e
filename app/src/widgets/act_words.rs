//! Acts of the audit trail in words: for «Cronologia», «Registro attività» and its file.

use super::{
    contact_form::{country, salutation_word},
    groups_dialog::kind_word,
    person_search::method_name,
};
use crate::i18n::{day, right_name, t};
use domain::{Locale, alignment::LinkMethod, user::HistoryChange};

/// The act in words. Names are open: parts of the product add their own here.
pub fn act_words(l: Locale, action: &str) -> String {
    match action {
        "user.created" => t::audit::did_user_created(l).to_owned(),
        "user.edited" | "user.changed" => t::audit::did_user_edited(l).to_owned(),
        "user.contact_changed" => t::audit::did_user_contact_changed(l).to_owned(),
        "user.activated" => t::audit::did_user_activated(l).to_owned(),
        "user.deactivated" => t::audit::did_user_deactivated(l).to_owned(),
        "user.archived" => t::audit::did_user_archived(l).to_owned(),
        "user.restored" => t::audit::did_user_restored(l).to_owned(),
        "user.groups_changed" => t::audit::did_user_groups_changed(l).to_owned(),
        "user.grants_changed" => t::audit::did_user_grants_changed(l).to_owned(),
        "password.changed" => t::audit::did_password_changed(l).to_owned(),
        "pin.changed" => t::audit::did_pin_changed(l).to_owned(),
        "password.link_asked" => t::forgotten::did_ask(l).to_owned(),
        "password.reset" => t::forgotten::did_reset(l).to_owned(),
        "credentials.printed" => t::letters::did_print(l).to_owned(),
        "letters.started" => t::letters::did_start(l).to_owned(),
        "letters.interrupted" => t::letters::did_interrupt(l).to_owned(),
        "session.signed_in" => t::audit::did_session_signed_in(l).to_owned(),
        "session.signed_out" => t::audit::did_session_signed_out(l).to_owned(),
        "session.ended" => t::audit::did_session_ended(l).to_owned(),
        "session.others_ended" => t::audit::did_session_others_ended(l).to_owned(),
        "credentials.send_started" => t::audit::did_send_started(l).to_owned(),
        "credentials.send_cancelled" => t::audit::did_send_cancelled(l).to_owned(),
        "credentials.send_retried" => t::audit::did_send_retried(l).to_owned(),
        "import.confirmed" => t::audit::did_import_confirmed(l).to_owned(),
        "import.applied" => t::audit::did_import_applied(l).to_owned(),
        "users.exported" => t::audit::did_users_exported(l).to_owned(),
        "audit.exported" => t::audit::did_audit_exported(l).to_owned(),
        "organisation.created" => t::audit::did_organisation_created(l).to_owned(),
        "organisation.settings_changed" => t::house::did_change(l).to_owned(),
        "group.created" => t::audit::did_group_created(l).to_owned(),
        "group.edited" => t::audit::did_group_edited(l).to_owned(),
        "group.deleted" => t::audit::did_group_deleted(l).to_owned(),
        "view.shared" => t::audit::did_view_shared(l).to_owned(),
        "view.unshared" => t::views::did_unshare(l).to_owned(),
        "view.renamed" => t::views::did_rename(l).to_owned(),
        "view.refiltered" => t::views::did_refilter(l).to_owned(),
        "view.deleted" => t::audit::did_view_deleted(l).to_owned(),
        "user.person_linked" => t::audit::did_linked(l).to_owned(),
        "user.person_unlinked" => t::audit::did_unlinked(l).to_owned(),
        "user.person_relinked" => t::audit::did_relinked(l).to_owned(),
        "user.person_refused" => t::audit::did_person_refused(l).to_owned(),
        "user.person_refusal_revoked" => t::audit::did_refusal_revoked(l).to_owned(),
        "links.dissolved" => t::audit::did_links_dissolved(l).to_owned(),
        "person.created" => t::audit::did_person_created(l).to_owned(),
        "person.edited" | "person.changed" => t::audit::did_person_edited(l).to_owned(),
        "person.deleted" => t::audit::did_person_deleted(l).to_owned(),
        "unit.created" => t::audit::did_unit_created(l).to_owned(),
        "unit.edited" | "unit.changed" => t::audit::did_unit_edited(l).to_owned(),
        "unit.closed" => t::audit::did_unit_closed(l).to_owned(),
        "letters.printed" => t::audit::did_letters_printed(l).to_owned(),
        "terms.accepted" => t::audit::did_terms_accepted(l).to_owned(),
        "registration.code_ordered" => t::audit::did_registration_code_ordered(l).to_owned(),
        "registration.code_shown" => t::audit::did_registration_code_shown(l).to_owned(),
        "registration.new_code_ordered" => {
            t::audit::did_registration_new_code_ordered(l).to_owned()
        }
        "registration.reminder_ordered" => {
            t::audit::did_registration_reminder_ordered(l).to_owned()
        }
        "registration.redeemed" => t::audit::did_registration_redeemed(l).to_owned(),
        "discrepancy.decided" => t::audit::did_discrepancy_decided(l).to_owned(),
        "users.created" => t::audit::did_users_created(l).to_owned(),
        "users.creation_undone" => t::audit::did_users_creation_undone(l).to_owned(),
        "user.deleted" => t::audit::did_user_deleted(l).to_owned(),
        "user.grants_ended" => t::audit::did_grants_ended(l).to_owned(),
        "access.confirmed" => t::audit::did_access_confirmed(l).to_owned(),
        "links.restored" => t::audit::did_links_restored(l).to_owned(),
        "person.restored" => t::audit::did_person_restored(l).to_owned(),
        "person.enrolled" => t::audit::did_person_enrolled(l).to_owned(),
        "person.unenrolled" => t::audit::did_person_unenrolled(l).to_owned(),
        "persons.exported" => t::audit::did_persons_exported(l).to_owned(),
        "folder.created" => t::audit::did_folder_created(l).to_owned(),
        "folder.deleted" => t::audit::did_folder_deleted(l).to_owned(),
        "folder.downloaded" => t::audit::did_folder_downloaded(l).to_owned(),
        "unit.reopened" => t::audit::did_unit_reopened(l).to_owned(),
        other => crate::i18n::registration::act(l, other)
            .map_or_else(|| t::audit::did_other(l, other), str::to_owned),
    }
}

/// The name of a recorded field; `None` for what another part recorded and no reader needs.
pub fn field_name(l: Locale, field: &str) -> Option<&'static str> {
    Some(match field {
        "username" => t::audit::f_username(l),
        "surname" => t::audit::f_surname(l),
        "given_name" => t::audit::f_given_name(l),
        "fiscal_code" => t::audit::f_fiscal_code(l),
        "vat_number" => t::audit::f_vat_number(l),
        "email" => t::audit::f_email(l),
        "locale" => t::audit::f_locale(l),
        "state" => t::audit::f_state(l),
        "groups" => t::audit::f_groups(l),
        "birth_date" => t::audit::f_birth_date(l),
        "mobile" => t::invite::mobile(l),
        "address_1" => t::invite::address_1(l),
        "address_2" => t::invite::address_2(l),
        "city" => t::invite::city(l),
        "postal_code" => t::invite::postal_code(l),
        "country" => t::invite::country(l),
        "salutation" => t::invite::salutation(l),
        "note" => t::invite::note(l),
        "kind" => t::audit::f_kind(l),
        "unit" => t::audit::f_unit(l),
        "person" => t::audit::f_person(l),
        "method" => t::audit::f_method(l),
        "links" => t::audit::f_links(l),
        "name" => t::audit::f_name(l),
        "names" => t::audit::f_names(l),
        "rights" => t::audit::f_rights(l),
        "off_from" => t::audit::f_off_from(l),
        "min_length" => t::audit::f_min_length(l),
        "reminder_days" => t::house::days(l),
        "report_address" => t::house::address(l),
        "rows" => t::audit::f_rows(l),
        "format" => t::audit::f_format(l),
        "recipients" => t::audit::f_recipients(l),
        "mails" => t::audit::f_mails(l),
        "mails_called_back" => t::audit::f_mails_called_back(l),
        "new" => t::audit::f_new(l),
        "changed" => t::audit::f_changed(l),
        "unchanged" => t::audit::f_unchanged(l),
        "errors" => t::audit::f_errors(l),
        "code" => t::registry::code(l),
        "person_kind" => t::audit::f_kind(l),
        "school_year" => t::registry::school_year(l),
        "site" => t::registry::site(l),
        "class" => t::registry::class(l),
        "folder" => t::registry::folder_word(l),
        "files" => t::registry::files(l),
        "day" => t::audit::f_day(l),
        "active" => t::registry::active_field(l),
        "language" => t::audit::f_locale(l),
        "letters" => t::audit::f_letters(l),
        "voided" => t::audit::f_voided(l),
        "created" => t::audit::f_created(l),
        "removed" => t::audit::f_removed(l),
        "kept" => t::audit::f_kept(l),
        "moved" => t::audit::f_moved(l),
        "moved_to" => t::audit::f_moved_to(l),
        "parent_unit" => t::audit::f_parent_unit(l),
        "name_de" => t::audit::f_name_de(l),
        "name_fr" => t::audit::f_name_fr(l),
        "name_en" => t::audit::f_name_en(l),
        "ent_id" => t::units::ent_id(l),
        "bur" => t::units::bur(l),
        "canton_administrative" => t::units::canton_administrative(l),
        "canton_geographic" => t::units::canton_geographic(l),
        "terms_version" => t::audit::f_terms_version(l),
        _ => return None,
    })
}

/// The same for a file, where nothing is left out.
pub fn field_or_code(l: Locale, field: &str) -> String {
    field_name(l, field).unwrap_or(field).to_owned()
}

/// A changed field in words: «Gruppi: – Alunni + Tutori», «Mail utente: a → b».
pub fn change_words(l: Locale, c: &HistoryChange) -> Option<String> {
    let field = field_name(l, &c.field)?;
    if c.field == "groups" && !c.before.is_empty() && !c.after.is_empty() {
        let (was, is) = (split(&c.before), split(&c.after));
        let gone = was
            .iter()
            .filter(|g| !is.contains(g))
            .map(|g| format!("– {g}"));
        let come = is
            .iter()
            .filter(|g| !was.contains(g))
            .map(|g| format!("+ {g}"));
        let list = gone.chain(come).collect::<Vec<_>>().join("  ");
        return Some(t::audit::plus_minus(l, field, list));
    }
    let (before, after) = (value(l, &c.field, &c.before), value(l, &c.field, &c.after));
    Some(match (before.is_empty(), after.is_empty()) {
        (true, _) => t::audit::set(l, after, field),
        (false, true) => t::audit::cleared(l, before, field),
        (false, false) => t::audit::becomes(l, after, before, field),
    })
}

fn split(list: &str) -> Vec<&str> {
    list.split(", ").collect()
}

/// A language by its own name, a state by its word; everything else as recorded.
fn value(l: Locale, field: &str, recorded: &str) -> String {
    match (field, recorded) {
        ("locale", code) => code
            .parse::<Locale>()
            .map_or_else(|_| code.to_owned(), |l| l.endonym().to_owned()),
        ("salutation", code) => salutation_word(l, code).to_owned(),
        ("country", code) => country(l, code).to_owned(),
        ("state", "active") => t::audit::state_active(l).to_owned(),
        ("state", "inactive") => t::audit::state_inactive(l).to_owned(),
        ("state", "archived") => t::audit::state_archived(l).to_owned(),
        ("state", "closed") => t::units::closed(l).to_lowercase(),
        ("birth_date" | "day", recorded) => recorded
            .parse()
            .map_or_else(|_| recorded.to_owned(), |d| day(l, d)),
        ("rights", list) => split(list)
            .into_iter()
            .map(|code| code.parse().map_or(code, |r| right_name(l, r)))
            .collect::<Vec<_>>()
            .join(", "),
        ("kind" | "person_kind", code) => code
            .parse()
            .map_or_else(|_| code.to_owned(), |kind| kind_word(l, kind).to_owned()),
        ("method", code) => LinkMethod::from_code(code)
            .map_or_else(|| code.to_owned(), |m| method_name(l, m).to_owned()),
        _ => recorded.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_groups_is_told_as_what_went_and_what_came() {
        let change = HistoryChange {
            field: "groups".into(),
            before: "Docenti, Alunni".into(),
            after: "Docenti, Tutori".into(),
        };
        assert_eq!(
            change_words(Locale::It, &change).as_deref(),
            Some("Gruppi: – Alunni  + Tutori")
        );
    }
}
