-- Why: counting 200,000 users costs more than showing fifty of them. A total counted once
-- may be given again, by every process, as long as nothing it depends on has changed. This
-- tells whether: every transaction that changes what lists find adds a row here, and the
-- sum of an organisation's rows names the state of its list. Rows are added and never
-- changed, so nobody waits for anybody; now and then they are added up into one.
create table list_changes (
  organisation_id bigint not null,
  n bigint not null
);
create index list_changes_organisation on list_changes (organisation_id);

create function note_list_change() returns trigger language plpgsql as $$
declare
  house bigint := coalesce(new.organisation_id, old.organisation_id);
  noted text := 'delega.list_change_' || house;
begin
  -- Once a transaction: all its changes are seen at the same moment.
  if coalesce(current_setting(noted, true), '') <> pg_current_xact_id()::text then
    perform set_config(noted, pg_current_xact_id()::text, true);
    insert into list_changes (organisation_id, n) values (house, 1);
    if random() < 0.02 then
      with gone as (
        delete from list_changes where ctid in (
          select ctid from list_changes where organisation_id = house for update skip locked)
        returning n)
      insert into list_changes (organisation_id, n) select house, sum(n) from gone having count(*) > 0;
    end if;
  end if;
  return null;
end $$;

create trigger users_list_change after insert or delete on users
  for each row execute function note_list_change();
create trigger users_list_change_of_state after update on users
  for each row when (old.state is distinct from new.state) execute function note_list_change();
create trigger grants_list_change after insert or delete or update of group_id, user_id on grants
  for each row execute function note_list_change();
