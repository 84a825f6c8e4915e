-- Why: long work is a job with a page of its own; mail is an outbox row written in the
-- transaction of the act. The outbox is itself the mail queue: claimed with SKIP LOCKED
-- under a lease, so a killed worker loses nothing.
create table jobs (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  -- «operazione 2026-0142»
  number text not null,
  kind text not null check (kind in ('send_credentials', 'import')),
  state text not null check (state in ('held', 'queued', 'running', 'done', 'cancelled', 'failed')),
  -- The same key twice is the same job: a double click starts once.
  idempotency_key uuid not null,
  created_by bigint,
  created_by_name text not null,
  created_at timestamptz not null,
  -- Not before this moment: the hold in which it can still be cancelled.
  run_after timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- Progress in units of work (recipients, rows); mails are counted in the outbox.
  total int not null default 0,
  done int not null default 0,
  failed int not null default 0,
  payload jsonb not null default '{}',
  result jsonb not null default '{}',
  attempts int not null default 0,
  lease_until timestamptz,
  primary key (organisation_id, id),
  constraint jobs_idempotency_key unique (organisation_id, idempotency_key),
  constraint jobs_number_key unique (organisation_id, number)
) with (fillfactor = 70);
create index jobs_due on jobs (run_after) where state in ('held', 'queued', 'running');
create index jobs_recent on jobs (organisation_id, created_at desc);

-- Who the job is about, and who was left out and why.
create table job_recipients (
  organisation_id bigint not null,
  job_id bigint not null,
  user_id bigint not null,
  position int not null,
  -- null: takes part
  excluded text check (excluded in ('no_mail', 'bounced', 'inactive', 'archived', 'stronger', 'out_of_scope')),
  primary key (organisation_id, job_id, user_id),
  foreign key (organisation_id, job_id) references jobs (organisation_id, id) on delete cascade,
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);

create table outbox (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  job_id bigint,
  user_id bigint,
  kind text not null check (kind in ('user_code', 'temporary_password')),
  -- Address and language copied at the moment of the act.
  address text not null,
  locale text not null check (locale in ('it', 'de', 'fr', 'en')),
  state text not null default 'waiting' check (state in
    ('waiting', 'sending', 'deferred', 'accepted', 'rejected', 'uncertain', 'cancelled', 'superseded')),
  -- Stable across attempts: the same mail sent twice bears the same Message-ID.
  message_id uuid not null,
  attempts int not null default 0,
  not_before timestamptz not null,
  lease_until timestamptz,
  -- The server's words, cleaned of control characters, at most 500 characters.
  reply text,
  reply_code int,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, job_id) references jobs (organisation_id, id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
) with (fillfactor = 70);
create index outbox_due on outbox (not_before, id) where state in ('waiting', 'deferred', 'sending');
create index outbox_job on outbox (organisation_id, job_id, user_id);
create index outbox_recent on outbox (organisation_id, created_at desc, id desc);
create index outbox_user on outbox (organisation_id, user_id, id desc);
