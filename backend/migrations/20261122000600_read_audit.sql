-- Why: the trail is read by who did it and by what was done, newest first, and an act on
-- many users is one act: its entries bear one number, by which they are found together.
alter table audit add column batch_id bigint;
create sequence audit_batches;
create index audit_actor on audit (organisation_id, actor_id, at desc, id desc);
create index audit_action on audit (organisation_id, action, at desc, id desc);
create index audit_batch on audit (organisation_id, batch_id, id desc) where batch_id is not null;
