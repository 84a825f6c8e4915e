-- Why: a person prepared by a canton belongs to a unit before holding any role, and whoever
-- works in a unit sees exactly its people. The rule is written once, in user_within, and
-- every scoped read of a user asks it. A session remembers the unit its person works in.
alter table users add column unit_id bigint;
alter table users add constraint users_unit_fkey
  foreign key (organisation_id, unit_id) references units (organisation_id, id);
create index users_unit on users (organisation_id, unit_id, id) where unit_id is not null;

update users u set unit_id = g.unit_id
from (select organisation_id, user_id, min(unit_id) as unit_id from grants
      where unit_id is not null group by organisation_id, user_id) g
where (g.organisation_id, g.user_id) = (u.organisation_id, u.id);

-- Whether the account lies within these units, each with all below it: by its home or by
-- one of its grants. Null is the whole organisation.
create function user_within(organisation bigint, account bigint, within bigint[]) returns boolean
  language sql stable parallel safe
  return within is null or exists (
    select from users u join units n on n.organisation_id = organisation and n.id = u.unit_id
    where u.organisation_id = organisation and u.id = account and n.path && within)
  or exists (
    select from grants g join units n on n.organisation_id = organisation and n.id = g.unit_id
    where g.organisation_id = organisation and g.user_id = account and n.path && within);

-- The home decides who sees a user, so its change is a change of lists.
create trigger users_list_change_of_home after update of unit_id on users
  for each row when (old.unit_id is distinct from new.unit_id) execute function note_list_change();

alter table sessions add column unit_id bigint;
