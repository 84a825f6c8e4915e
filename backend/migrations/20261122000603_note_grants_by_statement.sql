-- Why: ten thousand users change their groups in one statement, and a trigger for each row
-- of it costs as much as the change. What the list depends on is noted once a statement.
drop trigger grants_list_change on grants;

create function note_list_changes() returns trigger language plpgsql as $$
declare
  house bigint;
begin
  for house in select distinct organisation_id from changed loop
    insert into list_changes (organisation_id, n) values (house, 1);
    if random() < 0.02 then
      with gone as (
        delete from list_changes where ctid in (
          select ctid from list_changes where organisation_id = house for update skip locked)
        returning n)
      insert into list_changes (organisation_id, n) select house, sum(n) from gone having count(*) > 0;
    end if;
  end loop;
  return null;
end $$;

create trigger grants_come after insert on grants
  referencing new table as changed for each statement execute function note_list_changes();
create trigger grants_go after delete on grants
  referencing old table as changed for each statement execute function note_list_changes();
create trigger grants_change after update on grants
  referencing new table as changed for each statement execute function note_list_changes();
