-- Why: the list has ready views, each with its count. How many one finds is counted once and
-- given again while nothing it depends on has changed: the same bookkeeping as for the
-- list's totals, apart from it, because these counts also depend on addresses, passwords
-- and first sign-ins, which change far more often.
create table view_changes (
  organisation_id bigint not null,
  n bigint not null
);
create index view_changes_organisation on view_changes (organisation_id);

create function note_view_change() returns trigger language plpgsql as $$
declare
  house bigint := coalesce(new.organisation_id, old.organisation_id);
  noted text := 'delega.view_change_' || house;
begin
  -- Once a transaction: all its changes are seen at the same moment.
  if coalesce(current_setting(noted, true), '') <> pg_current_xact_id()::text then
    perform set_config(noted, pg_current_xact_id()::text, true);
    insert into view_changes (organisation_id, n) values (house, 1);
    if random() < 0.02 then
      with gone as (
        delete from view_changes where ctid in (
          select ctid from view_changes where organisation_id = house for update skip locked)
        returning n)
      insert into view_changes (organisation_id, n) select house, sum(n) from gone having count(*) > 0;
    end if;
  end if;
  return null;
end $$;

-- Comings and goings, states and groups are in list_changes already; the rest is here.
create trigger users_view_change after update on users
  for each row when (old.email is distinct from new.email
    or old.email_bounced_at is distinct from new.email_bounced_at
    or old.password_expires_at is distinct from new.password_expires_at
    or (old.last_sign_in_at is null) <> (new.last_sign_in_at is null)
    or old.search_text is distinct from new.search_text)
  execute function note_view_change();

-- An alignment links a hundred thousand at once: noted by the statement, not by the row.
create function note_view_changes() returns trigger language plpgsql as $$
begin
  insert into view_changes (organisation_id, n) select distinct organisation_id, 1 from changed;
  return null;
end $$;
create trigger links_come after insert on user_person_links
  referencing new table as changed for each statement execute function note_view_changes();
create trigger links_go after delete on user_person_links
  referencing old table as changed for each statement execute function note_view_changes();
create trigger links_change after update on user_person_links
  referencing new table as changed for each statement execute function note_view_changes();

-- Few addresses refuse mail: the view of them must not walk everybody.
create index users_bounced on users (organisation_id, id) where email_bounced_at is not null;
