-- Why: sessions are ours (256-bit token, only its SHA-256 here), sign-in attempts feed
-- the throttle and the diagnosis, audit proves who did what.
create table sessions (
  organisation_id bigint not null,
  token_hash bytea not null check (length(token_hash) = 32),
  user_id bigint not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- Absolute end; the idle limit is reckoned from last_seen_at.
  ends_at timestamptz not null,
  authenticated_at timestamptz not null,
  user_agent text not null default '',
  -- Signed in with a temporary password: nothing but choosing an own one is allowed.
  must_change_password boolean not null default false,
  primary key (organisation_id, token_hash),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
create index sessions_user on sessions (organisation_id, user_id);
create index sessions_end on sessions (ends_at);

create table sign_in_attempts (
  organisation_id bigint not null,
  id bigint generated always as identity,
  -- Folded user name as typed, so that unknown names are throttled like known ones.
  username text not null,
  user_id bigint,
  address text not null default '',
  at timestamptz not null,
  outcome text not null check (outcome in ('ok', 'unknown_user', 'wrong_password', 'expired', 'inactive', 'no_password', 'throttled')),
  primary key (organisation_id, id)
);
create index sign_in_attempts_username on sign_in_attempts (organisation_id, username, at);
create index sign_in_attempts_address on sign_in_attempts (organisation_id, address, at);

create table audit (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  at timestamptz not null,
  actor_id bigint,
  -- Name at the time: the trail reads the same after a rename.
  actor_name text not null,
  action text not null,
  object_kind text not null,
  object_id bigint,
  object_name text not null default '',
  before jsonb,
  after jsonb,
  reason text,
  job_id bigint,
  primary key (organisation_id, id)
);
create index audit_at on audit (organisation_id, at desc, id desc);
create index audit_object on audit (organisation_id, object_kind, object_id, id desc);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin raise exception 'audit is append-only'; end $$;
create trigger audit_append_only before update or delete on audit
  for each statement execute function refuse_audit_change();
