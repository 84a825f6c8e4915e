-- Why: persons (anagrafiche) are separate from users (decision 3). A codice fiscale is
-- an attribute that may be missing, provisional or change, never a key.
create table persons (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  -- «Codice», shown zero-padded to 14 digits.
  code bigint not null,
  kind text not null check (kind in ('pupil', 'employee', 'guardian', 'external')),
  legal boolean not null default false,
  surname text not null check (length(surname) between 1 and 200),
  given_name text not null default '' check (length(given_name) <= 100),
  fiscal_code text check (length(fiscal_code) between 1 and 16),
  vat_number text check (length(vat_number) = 11),
  birth_date date,
  email text check (length(email) between 3 and 254),
  state text not null default 'active' check (state in ('active', 'inactive')),
  version int not null default 1,
  created_at timestamptz not null,
  sort_name text not null generated always as (fold(surname) || ' ' || fold(given_name)) stored,
  search_text text not null generated always as (
    fold(surname) || ' ' || fold(given_name) || ' ' || coalesce(lower(email), '') || ' '
    || coalesce(lower(fiscal_code), '') || ' ' || coalesce(vat_number, '') || ' ' || code::text) stored,
  primary key (organisation_id, id),
  constraint persons_code_key unique (organisation_id, code)
);
create index persons_by_name on persons (organisation_id, sort_name, id);
create index persons_by_fiscal_code on persons (organisation_id, fiscal_code) where fiscal_code is not null;
create index persons_search on persons using gin (organisation_id, search_text gin_trgm_ops);

create table person_fiscal_codes (
  organisation_id bigint not null,
  person_id bigint not null,
  fiscal_code text not null,
  replaced_at timestamptz not null,
  primary key (organisation_id, person_id, fiscal_code),
  foreign key (organisation_id, person_id) references persons (organisation_id, id) on delete cascade
);

create table enrolments (
  organisation_id bigint not null,
  person_id bigint not null,
  -- First calendar year: 2026 is the school year 2026/2027.
  school_year smallint not null check (school_year between 1990 and 2200),
  unit_id bigint,
  class text not null default '',
  primary key (organisation_id, person_id, school_year),
  foreign key (organisation_id, person_id) references persons (organisation_id, id) on delete cascade,
  foreign key (organisation_id, unit_id) references units (organisation_id, id)
);
create index enrolments_class on enrolments (organisation_id, school_year, unit_id, class);

create table user_person_links (
  organisation_id bigint not null,
  user_id bigint not null,
  person_id bigint not null,
  kind text not null check (kind in ('pupil', 'employee', 'guardian', 'external')),
  method text not null check (method in ('automatic', 'manual', 'forced')),
  linked_at timestamptz not null,
  linked_by bigint,
  user_fiscal_code text,
  person_fiscal_code text,
  primary key (organisation_id, user_id, kind),
  constraint user_person_links_person_key unique (organisation_id, person_id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade,
  foreign key (organisation_id, person_id) references persons (organisation_id, id)
);
