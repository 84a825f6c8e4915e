-- Why: who creates users from records sees a mailbox that another record or user has too.
create index persons_by_email on persons (organisation_id, lower(email), sort_name) where email is not null;
