-- Why: the worker serves every organisation in turn, so what is due is found by
-- organisation first; a job has ended when none of its mails is open, which must not cost
-- a walk over all its mails. A mail that was held back says why (never in the server's
-- words column). A new address has refused nothing yet.
drop index outbox_due;
create index outbox_open on outbox (organisation_id, not_before, id)
  where state in ('waiting', 'deferred', 'sending');
create index outbox_open_job on outbox (organisation_id, job_id)
  where state in ('waiting', 'deferred', 'sending');

alter table outbox add column reason text check (reason in
  ('address_changed', 'inactive', 'by_person', 'gave_up', 'unreachable', 'newer'));

create function forget_bounce() returns trigger language plpgsql as $$
begin
  new.email_bounced_at := null;
  return new;
end $$;
create trigger users_forget_bounce before update of email on users
  for each row when (old.email is distinct from new.email) execute function forget_bounce();
