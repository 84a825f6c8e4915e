-- Why: the registry is read by kind, by place and class, and by whether a user is linked;
-- each of these has an index to walk, so that no list reads the whole table.
create index persons_by_kind on persons (organisation_id, kind, sort_name, id);
create index enrolments_unit on enrolments (organisation_id, unit_id, class, person_id);
create index user_person_links_kind on user_person_links (organisation_id, kind, person_id);
