-- Why: a guidance that stopped half-way goes on under the cause that somebody chose, not
-- under the one that the comparison suggested.
alter table discrepancies add column begun_as text check (begun_as in ('wrong_email', 'other_person'));

update discrepancies set begun_as = case
    when reported_at is not null then 'other_person'
    when contacted_at is not null or new_profile_id is not null then 'wrong_email'
    when suggested = 'other_person' then 'other_person'
    else 'wrong_email' end
  where coalesce(deactivated_at, contacted_at, reported_at) is not null;
