-- Why: whoever can write to the database can also change what the trail says. Each entry
-- therefore stands in a chain of its organisation, where its hash covers the one before: a
-- change shows at the first entry that no longer fits. Entries are chained after they were
-- committed, by one hand at a time, so that no writer waits for another (ADR 0007).

-- Entries that wait to be chained; those that stand already are chained at the first chance.
create table audit_unchained (
  organisation_id bigint not null,
  audit_id bigint not null,
  primary key (organisation_id, audit_id)
);
insert into audit_unchained select organisation_id, id from audit;

create table audit_chain (
  organisation_id bigint not null references organisations (id),
  -- 1, 2, 3 without gaps: the order of chaining, which is not quite that of the numbers.
  position bigint not null,
  audit_id bigint not null,
  hash bytea not null check (length(hash) = 32),
  primary key (organisation_id, position)
);
create unique index audit_chain_entry on audit_chain (organisation_id, audit_id);
create trigger audit_chain_append_only before update or delete on audit_chain
  for each statement execute function refuse_audit_change();

create function queue_audit() returns trigger language plpgsql as $$
begin
  insert into audit_unchained select organisation_id, id from entered;
  return null;
end $$;
create trigger audit_queue after insert on audit referencing new table as entered
  for each statement execute function queue_audit();

-- The hash of an entry behind another one; every column stands in it, moments as seconds,
-- so that it is the same in every time zone.
create function audit_hash(previous bytea, a audit) returns bytea language sql stable parallel safe
  return sha256(coalesce(previous, '\x'::bytea) || convert_to(jsonb_build_array(
    a.organisation_id, a.id, extract(epoch from a.at), a.actor_id, a.actor_name, a.action,
    a.object_kind, a.object_id, a.object_name, a.before, a.after, a.reason, a.job_id, a.batch_id)::text, 'UTF8'));

-- Chains at most so many of the waiting entries; answers how many it chained.
create function chain_audit(organisation bigint, most int) returns bigint language plpgsql as $$
declare
  previous bytea;
  at_end bigint;
  begun bigint;
  entry audit;
begin
  -- One hand at a time; writers of entries never ask for this.
  perform pg_advisory_xact_lock(hashtextextended('delega audit chain', organisation));
  select c.hash, c.position into previous, at_end from audit_chain c
    where c.organisation_id = organisation order by c.position desc limit 1;
  at_end := coalesce(at_end, 0);
  begun := at_end;
  for entry in
    select a.* from audit_unchained w join audit a on (a.organisation_id, a.id) = (w.organisation_id, w.audit_id)
    where w.organisation_id = organisation order by w.audit_id limit most
  loop
    at_end := at_end + 1;
    previous := audit_hash(previous, entry);
    insert into audit_chain values (organisation, at_end, entry.id, previous);
  end loop;
  delete from audit_unchained w using audit_chain c
    where w.organisation_id = organisation and c.organisation_id = organisation
      and c.audit_id = w.audit_id and c.position > begun;
  return at_end - begun;
end $$;
