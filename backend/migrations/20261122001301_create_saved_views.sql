-- Why: besides the ready views people keep their own: a filter and an order of the list of
-- users under a name, for themselves or for the whole organisation. What is searched for may
-- be a person's name, so a view stands in the address by its number alone.
create table saved_views (
  organisation_id bigint not null,
  id bigint generated always as identity,
  owner_id bigint not null,
  name text not null check (length(name) between 1 and 60),
  shared boolean not null default false,
  filter jsonb not null,
  sort jsonb not null,
  created_at timestamptz not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, owner_id) references users (organisation_id, id) on delete cascade
);
-- A name once among one's own, and once among those that everybody sees.
create unique index saved_views_own_name on saved_views (organisation_id, owner_id, lower(name));
create unique index saved_views_shared_name on saved_views (organisation_id, lower(name)) where shared;
