-- Why: «Password dimenticata?» mails a link that sets a password once. What was asked is
-- kept as one row whatever exists, so that the answer costs the same for everybody; the
-- worker looks who is meant. A link is a row of its own, only its hash here; a row that is
-- gone is a link that is void: used, replaced, or its user deactivated or of another address.

-- Kinds of mail are a closed list in the program; here only their form is held, so that a
-- new kind does not rewrite the list.
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check check (kind ~ '^[a-z][a-z_]{2,39}$');

create table password_requests (
  -- 0 where no such organisation exists.
  organisation_id bigint not null,
  id bigint generated always as identity,
  -- SHA-256 of what was typed, folded: for the throttle.
  who_hash bytea not null check (length(who_hash) = 32),
  -- As typed; taken away as soon as the worker has looked.
  who text,
  address text not null default '',
  at timestamptz not null,
  primary key (organisation_id, id)
);
create index password_requests_who on password_requests (organisation_id, who_hash, at);
create index password_requests_address on password_requests (address, at);
create index password_requests_open on password_requests (at) where who is not null;

create table password_links (
  organisation_id bigint not null,
  id bigint generated always as identity,
  user_id bigint not null,
  outbox_id bigint not null,
  created_at timestamptz not null,
  -- Made when the mail is handed over; until then there is no link.
  token_hash bytea check (length(token_hash) = 32),
  ends_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade,
  foreign key (organisation_id, outbox_id) references outbox (organisation_id, id) on delete cascade
);
create unique index password_links_token on password_links (organisation_id, token_hash);
create index password_links_user on password_links (organisation_id, user_id);
create index password_links_mail on password_links (organisation_id, outbox_id);

-- Whoever changes the state or the address (a page, an import, the command line).
create function void_password_links_of_user() returns trigger language plpgsql as $$
begin
  delete from password_links where organisation_id = new.organisation_id and user_id = new.id;
  return null;
end $$;
create trigger users_void_password_links after update of state, email on users
  for each row when (old.state is distinct from new.state or lower(old.email) is distinct from lower(new.email))
  execute function void_password_links_of_user();

-- A new password, own or temporary, voids a link as it voids the password before.
create function void_password_links_of_password() returns trigger language plpgsql as $$
begin
  delete from password_links where organisation_id = new.organisation_id and user_id = new.user_id;
  return null;
end $$;
create trigger credentials_void_password_links after update of password_hash on credentials
  for each row when (old.password_hash is distinct from new.password_hash)
  execute function void_password_links_of_password();
