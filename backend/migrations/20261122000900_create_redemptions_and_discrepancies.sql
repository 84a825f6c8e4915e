-- Why: between typing a code and choosing a password stand several pages, and a page that
-- is only looked at must use nothing up: a ticket carries the person through them. What
-- the person states is compared with what was prepared; a difference is a discrepancy
-- that somebody decides step by step (P12-P15). Who comes with an ended code asks for a
-- new one: that request waits on the delegate's desk.
create table redemptions (
  organisation_id bigint not null,
  -- SHA-256 of the ticket in the person's cookie.
  token_hash bytea not null check (length(token_hash) = 32),
  registration_id bigint not null,
  -- The code that was typed, as the registration stores it.
  code_hash bytea not null check (length(code_hash) = 32),
  -- The right code, too late: it opens nothing but the request for a new one.
  expired boolean not null default false,
  stated_surname text check (length(stated_surname) between 1 and 100),
  stated_given_name text check (length(stated_given_name) between 1 and 100),
  stated_email text check (length(stated_email) between 3 and 254),
  created_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (organisation_id, token_hash),
  foreign key (organisation_id, registration_id) references registrations (organisation_id, id) on delete cascade
);
create index redemptions_end on redemptions (ends_at);

-- Wrong tries by typed address, known or not: the wait must not tell which addresses exist.
-- Of the address only its hash stands here.
create table redemption_tries (
  email_hash bytea primary key check (length(email_hash) = 32),
  tries int not null,
  last_at timestamptz not null
);

create table discrepancies (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  registration_id bigint not null,
  user_id bigint not null,
  profile_id bigint not null,
  -- «Non sono io» was pressed: nothing was redeemed.
  not_me boolean not null default false,
  opened_at timestamptz not null,
  prepared_surname text not null,
  prepared_given_name text not null,
  prepared_email text not null,
  stated_surname text not null,
  stated_given_name text not null,
  stated_email text not null,
  suggested text not null check (suggested in ('negligible', 'wrong_email', 'other_person')),
  -- Closed when decided; a decision that has begun and not ended has steps and no end.
  decided text check (decided in ('negligible', 'wrong_email', 'other_person')),
  decided_at timestamptz,
  decided_by bigint,
  decided_by_name text,
  reason text,
  deactivated_at timestamptz,
  contacted_at timestamptz,
  new_profile_id bigint,
  reported_at timestamptz,
  primary key (organisation_id, id),
  check ((decided is null) = (decided_at is null)),
  foreign key (organisation_id, registration_id) references registrations (organisation_id, id) on delete cascade,
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade,
  foreign key (organisation_id, profile_id) references profiles (organisation_id, id) on delete cascade
);
create index discrepancies_open on discrepancies (organisation_id, opened_at desc, id desc) where decided is null;
create index discrepancies_all on discrepancies (organisation_id, id desc);
create index discrepancies_user on discrepancies (organisation_id, user_id);

create table code_requests (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  registration_id bigint not null,
  user_id bigint not null,
  requested_at timestamptz not null,
  handled_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, registration_id) references registrations (organisation_id, id) on delete cascade,
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
-- Asking twice is one request.
create unique index code_requests_open_key on code_requests (organisation_id, user_id) where handled_at is null;

-- Where another person is reported (P15). A text for the delegate: Delega mails nothing there.
alter table organisations add column report_address text not null default '';
update organisations set report_address = 'spiges@bfs.admin.ch' where kind = 'canton';
