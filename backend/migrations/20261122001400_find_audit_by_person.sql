-- Why: that a user was linked with a record of the registry, refused as its user, or made
-- from it stands in the trail at the user. The history of the record tells it too, so these
-- entries are found by the record. Entries of earlier releases bear its number alone.
create function audit_person(before jsonb, after jsonb) returns text
  language sql immutable parallel safe
  return left(coalesce(after #>> '{person,id}', after ->> 'person', before #>> '{person,id}', before ->> 'person'), 40);

create index audit_person_entries on audit (organisation_id, audit_person(before, after), id desc)
  where object_kind = 'user' and audit_person(before, after) is not null;
