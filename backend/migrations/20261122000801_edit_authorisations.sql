-- Why: the wizard edits profiles and grants step by step and loses nothing on the way back
-- or at a reload: what one delegate edits about one user is kept for 24 hours. Delegated
-- management (X13) is three roles over a unit; «inclusa la rappresentanza» says whether its
-- holder may pass it on. An archived account may be brought back for thirty days.
create table authorisation_drafts (
  organisation_id bigint not null,
  actor_id bigint not null,
  user_id bigint not null,
  draft jsonb not null,
  -- The same key starts one registration: a double click, a second tab.
  key uuid not null,
  saved_at timestamptz not null,
  primary key (organisation_id, actor_id, user_id),
  foreign key (organisation_id, actor_id) references users (organisation_id, id) on delete cascade,
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
create index authorisation_drafts_age on authorisation_drafts (saved_at);

alter table grants add column pass_on boolean not null default false;
alter table users add column archived_at timestamptz;
update users set archived_at = created_at where state = 'archived';

insert into groups (organisation_id, code, name_it, name_de, name_fr, name_en, category, rights, position)
select o.id, r.code, r.it, r.de, r.fr, r.en, 'delegation', r.rights, 90 + r.place
from organisations o cross join (values
  (1, 'delega-unita', 'Gestione delegata di (sotto-)unità', 'Delegiertes Management von (Sub-)Units',
    'Gestion déléguée de (sous-)unités', 'Delegated management of (sub-)units', array['manage_units']),
  (2, 'delega-utenti', 'Gestione delegata di utenti', 'Delegiertes Management von Benutzern',
    'Gestion déléguée d''utilisateurs', 'Delegated management of users', array['read_users', 'manage_users']),
  (3, 'delega-autorizzazioni', 'Gestione delegata di autorizzazioni', 'Delegiertes Management von Berechtigungen',
    'Gestion déléguée d''autorisations', 'Delegated management of permissions', array['read_users', 'manage_authorisations'])
) as r (place, code, it, de, fr, en, rights)
where o.kind = 'canton'
on conflict on constraint groups_code_key do nothing;
