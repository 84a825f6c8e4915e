-- Why: whoever gave an access looks at it again now and then (X23). A confirmation keeps
-- its motivation and lets the access rest until the next review. Ends of roles by date are
-- booked by the worker, which finds them by this index.
create table access_reviews (
  organisation_id bigint not null,
  id bigint generated always as identity,
  user_id bigint not null,
  reviewed_at timestamptz not null,
  reviewed_by bigint,
  primary key (organisation_id, id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
create index access_reviews_user on access_reviews (organisation_id, user_id, reviewed_at desc);
create index grants_end on grants (organisation_id, valid_until) where valid_until is not null;
