-- Why: whoever manages others for a canton accepts the terms of use first, and again when
-- their text changes (X1). Every acceptance stays, with its version.
create table terms_acceptances (
  organisation_id bigint not null,
  user_id bigint not null,
  version int not null,
  accepted_at timestamptz not null,
  primary key (organisation_id, user_id, version),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
