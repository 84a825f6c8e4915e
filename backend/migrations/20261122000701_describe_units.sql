-- Why: a unit is called differently in each language, and the canton that administers it
-- may be another than the one it lies in. A register number stands for one unit only.
alter table units
  add column name_de text check (length(name_de) between 1 and 200),
  add column name_fr text check (length(name_fr) between 1 and 200),
  add column name_en text check (length(name_en) between 1 and 200),
  add column canton_administrative text check (canton_administrative ~ '^[A-Z]{2}$'),
  add column canton_geographic text check (canton_geographic ~ '^[A-Z]{2}$'),
  add column version int not null default 1,
  add column closed_at timestamptz;
create index units_parent on units (organisation_id, parent_id);
