-- Why: letters with credentials are made in blocks while the office waits, each recipient
-- once: what was made can be told, confirmed as printed, or called back, without any secret
-- being kept.
create table letter_runs (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  -- The same key twice is the same run: a double click starts once.
  idempotency_key uuid not null,
  created_by bigint,
  created_by_name text not null,
  created_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'printed', 'interrupted')),
  ended_at timestamptz,
  primary key (organisation_id, id),
  constraint letter_runs_key unique (organisation_id, idempotency_key)
);

create table letter_recipients (
  organisation_id bigint not null,
  run_id bigint not null,
  user_id bigint not null,
  position int not null,
  -- When the values were made and took effect; null: not yet. The same moment stands at the
  -- credentials, so that calling back touches nothing newer.
  made_at timestamptz,
  primary key (organisation_id, run_id, user_id),
  foreign key (organisation_id, run_id) references letter_runs (organisation_id, id) on delete cascade,
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
create index letter_recipients_user on letter_recipients (organisation_id, user_id);
