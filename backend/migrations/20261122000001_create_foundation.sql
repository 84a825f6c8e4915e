-- Why: organisations, units, groups, users, profiles and grants are what every
-- other table hangs on. Keys begin with organisation_id so that the data can be
-- spread by organisation later (domain decision 1).
create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists btree_gin;

-- The one folding of the product: lower case, no accents, no apostrophes, so that
-- "D'Angelò" is found by "dangelo". Immutable because it feeds generated columns;
-- the dictionary is named, so search_path cannot change its meaning.
create function fold(value text) returns text
  language sql immutable parallel safe strict
  return regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary, value)), '[''`´’‘ʼ]', '', 'g');

create table organisations (
  id bigint generated always as identity primary key,
  code text not null constraint organisations_code_key unique check (code ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  kind text not null check (kind in ('school', 'canton')),
  name text not null check (length(name) between 1 and 200),
  locale text not null default 'it' check (locale in ('it', 'de', 'fr', 'en')),
  time_zone text not null default 'Europe/Rome',
  -- Shown to people who cannot get in; also the Reply-To of mails where it is an address.
  contact text not null default '',
  reply_to text,
  temporary_password_days smallint not null default 7 check (temporary_password_days between 1 and 30),
  -- Demo organisations may never be served in production.
  demo boolean not null default false,
  next_username bigint not null default 1,
  next_person_code bigint not null default 1,
  next_job_number bigint not null default 1,
  created_at timestamptz not null
);

create table units (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  parent_id bigint,
  -- The identifier people use: BUR, ENTID, canton code, school site name.
  code text not null check (length(code) between 1 and 100),
  level text not null check (level in ('institute', 'site_school', 'canton', 'enterprise', 'site')),
  name text not null check (length(name) between 1 and 200),
  ent_id bigint,
  bur bigint,
  state text not null default 'active' check (state in ('active', 'closed')),
  -- Ids from the root to this unit, this one included: scope is one array test.
  path bigint[] not null default '{}',
  primary key (organisation_id, id),
  constraint units_code_key unique (organisation_id, code),
  foreign key (organisation_id, parent_id) references units (organisation_id, id)
);
create index units_path on units using gin (organisation_id, path);

create table groups (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  -- Stable address of the group in URLs and imports: docenti, kt-superuser.
  code text not null check (length(code) between 1 and 60),
  name_it text not null, name_de text not null, name_fr text not null, name_en text not null,
  -- Roles of different categories need different profiles (X21).
  category text not null default 'school',
  rights text[] not null default '{}',
  position int not null default 0,
  primary key (organisation_id, id),
  constraint groups_code_key unique (organisation_id, code)
);

create table users (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  username text not null check (length(username) between 1 and 64),
  external_id bigint,
  surname text not null check (length(surname) between 1 and 100),
  given_name text not null check (length(given_name) <= 100),
  email text check (length(email) between 3 and 254),
  -- A mailbox that refused mail for good is left out of the next send.
  email_bounced_at timestamptz,
  fiscal_code text check (length(fiscal_code) between 1 and 16),
  locale text not null default 'it' check (locale in ('it', 'de', 'fr', 'en')),
  state text not null default 'active' check (state in ('active', 'inactive', 'archived')),
  -- «Scadenza password»: end of the temporary (or rotated) password.
  password_expires_at timestamptz,
  last_sign_in_at timestamptz,
  -- Counts edits: two people saving the same user are told apart by it.
  version int not null default 1,
  created_at timestamptz not null,
  -- What lists sort by, and what free search reads. Folded once, here.
  sort_name text not null generated always as (fold(surname) || ' ' || fold(given_name)) stored,
  search_text text not null generated always as (
    fold(surname) || ' ' || fold(given_name) || ' ' || coalesce(lower(email), '') || ' '
    || coalesce(lower(fiscal_code), '') || ' ' || lower(username)) stored,
  primary key (organisation_id, id)
) with (fillfactor = 80);
create unique index users_username_key on users (organisation_id, lower(username));
create index users_by_name on users (organisation_id, sort_name, id);
create index users_by_given_name on users (organisation_id, fold(given_name), id);
create index users_by_username on users (organisation_id, username, id);
create index users_by_email on users (organisation_id, lower(email), id);
create index users_by_state on users (organisation_id, state, id);
create index users_by_password_end on users (organisation_id, password_expires_at, id);
create index users_by_fiscal_code on users (organisation_id, fiscal_code) where fiscal_code is not null;
create index users_search on users using gin (organisation_id, search_text gin_trgm_ops);

create table profiles (
  organisation_id bigint not null,
  id bigint generated always as identity,
  user_id bigint not null,
  name text not null default '',
  category text not null default 'school',
  state text not null default 'active' check (state in ('active', 'inactive', 'archived')),
  is_default boolean not null default true,
  primary key (organisation_id, id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
create index profiles_user on profiles (organisation_id, user_id);
create unique index profiles_default_key on profiles (organisation_id, user_id) where is_default;

create table grants (
  organisation_id bigint not null,
  id bigint generated always as identity,
  profile_id bigint not null,
  -- Repeated from the profile: the list asks for the groups of fifty users at once.
  user_id bigint not null,
  group_id bigint not null,
  unit_id bigint,
  valid_from date,
  valid_until date,
  primary key (organisation_id, id),
  foreign key (organisation_id, profile_id) references profiles (organisation_id, id) on delete cascade,
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade,
  foreign key (organisation_id, group_id) references groups (organisation_id, id),
  foreign key (organisation_id, unit_id) references units (organisation_id, id)
);
create unique index grants_key on grants (organisation_id, profile_id, group_id, unit_id) nulls not distinct;
create index grants_user on grants (organisation_id, user_id, group_id);
create index grants_group on grants (organisation_id, group_id, user_id);

-- What changes at every send and sign-in is kept away from the wide indexes of users.
create table credentials (
  organisation_id bigint not null,
  user_id bigint not null,
  password_hash text,
  password_kind text not null default 'none' check (password_kind in ('none', 'temporary', 'own')),
  pin_hash text,
  -- Made when its mail is handed over; promoted when the server accepts the mail, or
  -- at first use when the outcome is unknown (decision 4).
  pending_password_hash text,
  pending_password_expires_at timestamptz,
  pending_password_outbox_id bigint,
  pending_pin_hash text,
  pending_pin_outbox_id bigint,
  changed_at timestamptz,
  primary key (organisation_id, user_id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
) with (fillfactor = 80);

create table preferences (
  organisation_id bigint not null,
  user_id bigint not null,
  rows_per_page text,
  theme text not null default 'auto' check (theme in ('auto', 'light', 'dark')),
  density text not null default 'comfortable' check (density in ('compact', 'comfortable')),
  locale text check (locale in ('it', 'de', 'fr', 'en')),
  primary key (organisation_id, user_id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
