-- Why: by law registers are entered with SPID or CIE from a day that each school sets
-- (X49): from that day on a group's members may not sign in with a password any more,
-- unless another group of theirs still lets them. The refusal stands in the attempts, for
-- the office. A group may also ask for longer passwords than the fifteen characters that
-- everybody's have. The version tells whether somebody saved the group meanwhile.
alter table groups add column password_off_from date;
alter table groups add column password_min smallint check (password_min between 15 and 20);
alter table groups add column version int not null default 1;
alter table sign_in_attempts drop constraint sign_in_attempts_outcome_check;
alter table sign_in_attempts add constraint sign_in_attempts_outcome_check check (outcome in
  ('ok', 'unknown_user', 'wrong_password', 'expired', 'inactive', 'no_password', 'throttled', 'password_off'));

-- Since when somebody may not enter with a password, because none of the groups they are in
-- at that moment may; null: they may. One place for the rule: signing in, every request of a
-- session, links of a forgotten password and mailed credentials ask it.
create function password_off_since(organisation bigint, person bigint, moment timestamptz) returns date
language sql stable parallel safe as $$
  select case when bool_and(coalesce(g.password_off_from <= (moment at time zone o.time_zone)::date, false))
    then max(g.password_off_from) end
  from grants r
  join organisations o on o.id = r.organisation_id
  join profiles f on f.organisation_id = r.organisation_id and f.id = r.profile_id and f.state = 'active'
  join groups g on g.organisation_id = r.organisation_id and g.id = r.group_id
  where r.organisation_id = organisation and r.user_id = person
    and (r.valid_from is null or r.valid_from <= (moment at time zone o.time_zone)::date)
    and (r.valid_until is null or r.valid_until >= (moment at time zone o.time_zone)::date)
$$;

-- Whoever may not enter with a password gets none.
alter table job_recipients drop constraint job_recipients_excluded_check;
alter table job_recipients add constraint job_recipients_excluded_check check (excluded in
  ('no_mail', 'bounced', 'inactive', 'archived', 'stronger', 'out_of_scope', 'password_off'));
