-- Why: whoever holds several profiles works in one of them at a time, and chooses it after
-- signing in (X20): the rights of the others rest until another one is chosen.
alter table sessions add column profile_id bigint;
alter table sessions add constraint sessions_profile foreign key (organisation_id, profile_id)
  references profiles (organisation_id, id) on delete set null (profile_id);
