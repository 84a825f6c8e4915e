-- Why: a registration (onboarding) is how an invited person comes to an own password: one
-- code a profile, mailed or handed over, valid one calendar month, used once (domain
-- decision 6). Only the hash of the code stands here. A row lives on after its end, so
-- that «Scaduto» and «Registrato» can be told and counted.
create table registrations (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  user_id bigint not null,
  profile_id bigint not null,
  state text not null default 'to_start' check (state in ('to_start', 'running', 'completed', 'expired', 'revoked')),
  -- SHA-256 of the normalised code. With state to_start it belongs to a mail whose outcome
  -- is open: it counts at its first use, like a pending password.
  code_hash bytea check (length(code_hash) = 32),
  code_outbox_id bigint,
  channel text check (channel in ('mail', 'hand')),
  created_at timestamptz not null,
  created_by bigint,
  created_by_name text not null,
  sent_at timestamptz,
  expires_at timestamptz,
  reminded_count int not null default 0,
  last_reminded_at timestamptz,
  -- Days before the end for which the reminder by itself has been written.
  reminded_days smallint[] not null default '{}',
  redeemed_at timestamptz,
  ended_at timestamptz,
  revoked_reason text check (revoked_reason in ('newer', 'address_changed', 'inactive', 'archived', 'by_person')),
  failed_tries int not null default 0,
  next_try_at timestamptz,
  -- The same key twice is the same registration: a double click starts once.
  idempotency_key uuid not null,
  primary key (organisation_id, id),
  constraint registrations_idempotency_key unique (organisation_id, idempotency_key),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade,
  foreign key (organisation_id, profile_id) references profiles (organisation_id, id) on delete cascade
);
-- One live code a profile, and one that waits to take its place.
create unique index registrations_running_key on registrations (organisation_id, profile_id) where state = 'running';
create unique index registrations_to_start_key on registrations (organisation_id, profile_id) where state = 'to_start';
-- Who redeems names no organisation but in the code, which is hashed whole.
create unique index registrations_code_key on registrations (code_hash) where code_hash is not null;
create index registrations_user on registrations (organisation_id, user_id, id desc);
create index registrations_end on registrations (expires_at) where state = 'running';

-- Reminders by themselves, days before the end; none where empty.
alter table organisations add column registration_reminder_days smallint[] not null default '{7,2}'
  check (array_position(registration_reminder_days, null) is null and 1 <= all (registration_reminder_days) and 28 >= all (registration_reminder_days));

-- Which kinds of mail and which reasons there are is a closed list of the program; it grows
-- with every capability, so the schema asks only for the form of a word.
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check check (kind ~ '^[a-z_]{1,40}$');
alter table outbox drop constraint outbox_reason_check;
alter table outbox add constraint outbox_reason_check check (reason ~ '^[a-z_]{1,40}$');
alter table outbox add column registration_id bigint;
create index outbox_registration on outbox (organisation_id, registration_id, id desc) where registration_id is not null;
