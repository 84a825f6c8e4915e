-- Why: the list of records without a user, the check before creating users and the
-- creation itself must speak of the same records: the condition stands once, here.
create function creation_pick(
  house bigint, only_ids bigint[], wanted_kind text, wanted_unit bigint, wanted_year smallint,
  wanted_class text, words text[], except_ids bigint[], own_units bigint[]
) returns setof bigint
  language sql stable
  as $$
    select p.id from persons p
    where p.organisation_id = house
      and (only_ids is null or p.id = any(only_ids))
      and (only_ids is not null or (p.state = 'active' and p.kind = wanted_kind
        and not exists (select from user_person_links l where l.organisation_id = house and l.person_id = p.id)
        and p.id <> all(except_ids)
        and p.search_text like all (array(select '%' || fold(w) || '%' from unnest(words) w))
        and ((wanted_unit is null and wanted_year is null and wanted_class is null) or exists (
          select from enrolments e left join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
          where e.organisation_id = house and e.person_id = p.id
            and (wanted_year is null or e.school_year = wanted_year)
            and (wanted_class is null or e.class = wanted_class)
            and (wanted_unit is null or t.path @> array[wanted_unit])))))
      and (own_units is null or exists (
        select from enrolments e join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
        where e.organisation_id = house and e.person_id = p.id and t.path && own_units))
  $$;
