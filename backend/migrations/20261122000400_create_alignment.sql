-- Why: aligning users with the registry (A12, A23–A28) is done in two steps: pairs are
-- staged, then saved together. What is staged stands here, by who stages it, so that it
-- survives a reload and so that 200,000 exact matches are staged and saved in one
-- statement each. A refused proposal is remembered with its reason. A link that was
-- dissolved is kept as it was, so that one click (or the trail) brings it back. What a
-- creation of users was about is kept, so that it can be shown and undone.

-- Names in any order: the trigrams of a text do not depend on the order of its words.
create index persons_name_words on persons using gin (organisation_id, kind, sort_name gin_trgm_ops);

create table link_drafts (
  organisation_id bigint not null,
  -- Who stages; 0 is the command line.
  editor_id bigint not null,
  kind text not null check (kind in ('pupil', 'employee', 'guardian', 'external')),
  user_id bigint not null,
  -- null: the person who stages has set the automatic pair aside. No foreign key: a person
  -- deleted meanwhile must be told of, not vanish from the draft.
  person_id bigint,
  automatic boolean not null,
  -- Why it could not be saved the last time, and the codice utente it collides with.
  problem text check (problem in
    ('person_gone', 'person_inactive', 'person_linked', 'user_linked', 'user_inactive', 'stronger', 'code_changed')),
  other text,
  -- Nor one to users: 100,000 pairs are staged at once, and a pair without its user is
  -- nowhere read.
  primary key (organisation_id, editor_id, kind, user_id)
);
create unique index link_drafts_person_key on link_drafts (organisation_id, editor_id, person_id)
  where person_id is not null;

create table link_refusals (
  organisation_id bigint not null,
  user_id bigint not null,
  person_id bigint not null,
  reason text not null check (length(reason) between 1 and 500),
  refused_at timestamptz not null,
  refused_by bigint,
  primary key (organisation_id, user_id, person_id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade,
  foreign key (organisation_id, person_id) references persons (organisation_id, id) on delete cascade
);

create table dissolved_links (
  organisation_id bigint not null,
  -- The act: one link, or all of a kind.
  batch uuid not null,
  user_id bigint not null,
  person_id bigint not null,
  kind text not null,
  method text not null,
  linked_at timestamptz not null,
  linked_by bigint,
  user_fiscal_code text,
  person_fiscal_code text,
  dissolved_at timestamptz not null,
  dissolved_by bigint,
  restored_at timestamptz,
  primary key (organisation_id, batch, user_id, kind),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade,
  foreign key (organisation_id, person_id) references persons (organisation_id, id) on delete cascade
);

create table job_creations (
  organisation_id bigint not null,
  job_id bigint not null,
  person_id bigint not null,
  position int not null,
  username text,
  user_id bigint,
  -- null: a user was created
  skipped text check (skipped in ('linked', 'same_code', 'inactive', 'twice')),
  primary key (organisation_id, job_id, person_id),
  foreign key (organisation_id, job_id) references jobs (organisation_id, id) on delete cascade,
  foreign key (organisation_id, person_id) references persons (organisation_id, id) on delete cascade
);
create index user_person_links_recent on user_person_links (organisation_id, kind, user_id);
