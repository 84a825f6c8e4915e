-- Why: the list walks these indexes to its page. Among equal values people expect the
-- order of names, not of numbers; with the state inside, the pages by name are counted
-- off in the index alone. Delegates see the users of their units: those are collected
-- from the grants, which needs a way in by unit.
drop index users_by_name;
drop index users_by_given_name;
drop index users_by_username;
drop index users_by_email;
drop index users_by_state;
drop index users_by_password_end;
create index users_by_name on users (organisation_id, sort_name, id) include (state);
create index users_by_given_name on users (organisation_id, fold(given_name), sort_name, id);
create index users_by_username on users (organisation_id, username, sort_name, id) include (state);
create index users_by_email on users (organisation_id, lower(email), sort_name, id);
create index users_by_state on users (organisation_id, state, sort_name, id);
create index users_by_password_end on users (organisation_id, password_expires_at, sort_name, id);
create index grants_unit on grants (organisation_id, unit_id, user_id) where unit_id is not null;
