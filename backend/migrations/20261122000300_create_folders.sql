-- Why: the office keeps documents of a person («fascicoli»). They stand in the database,
-- so that one backup holds everything; in chunks, so that a download streams and no row
-- is large. Their bytes are compressed already: storage without another compression.
create table folders (
  organisation_id bigint not null references organisations (id),
  id bigint generated always as identity,
  person_id bigint not null,
  title text not null check (length(title) between 1 and 120),
  day date not null,
  note text not null default '' check (length(note) <= 2000),
  created_by bigint,
  -- Name at the time: it reads the same after a rename.
  created_name text not null,
  created_at timestamptz not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, person_id) references persons (organisation_id, id)
);
create index folders_person on folders (organisation_id, person_id, day desc, id desc);

create table folder_files (
  organisation_id bigint not null,
  id bigint generated always as identity,
  folder_id bigint not null,
  name text not null check (length(name) between 1 and 200),
  -- Told by the content.
  kind text not null check (kind in ('pdf', 'jpeg', 'png', 'webp')),
  size bigint not null check (size between 1 and 10485760),
  sha256 bytea not null check (length(sha256) = 32),
  primary key (organisation_id, id),
  foreign key (organisation_id, folder_id) references folders (organisation_id, id) on delete cascade
);
create index folder_files_folder on folder_files (organisation_id, folder_id, name);

create table folder_chunks (
  organisation_id bigint not null,
  file_id bigint not null,
  position int not null check (position >= 0),
  data bytea not null,
  primary key (organisation_id, file_id, position),
  foreign key (organisation_id, file_id) references folder_files (organisation_id, id) on delete cascade
);
alter table folder_chunks alter column data set storage external;
