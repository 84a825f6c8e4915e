-- Why: a file is previewed before anything is written; what the person saw is what is applied.
create table imports (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  kind text not null check (kind in ('persons', 'users', 'units')),
  file_name text not null,
  state text not null check (state in ('previewed', 'confirmed', 'applied', 'failed')),
  counts jsonb not null default '{}',
  -- Facts about the file as recognised: encoding, delimiter, columns, new school sites.
  recognised jsonb not null default '{}',
  created_by bigint,
  created_at timestamptz not null,
  job_id bigint,
  primary key (organisation_id, id),
  foreign key (organisation_id, job_id) references jobs (organisation_id, id)
);

create table import_rows (
  organisation_id bigint not null,
  import_id bigint not null,
  line int not null,
  outcome text not null check (outcome in ('new', 'changed', 'unchanged', 'duplicate', 'error')),
  -- Surname and name or unit name, for the table of the preview.
  label text not null default '',
  data jsonb not null,
  problems jsonb not null default '[]',
  target_id bigint,
  primary key (organisation_id, import_id, line),
  foreign key (organisation_id, import_id) references imports (organisation_id, id) on delete cascade
);
create index import_rows_outcome on import_rows (organisation_id, import_id, outcome, line);
