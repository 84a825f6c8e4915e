-- In a canton people choose their password with the registration code: a sending of
-- credentials leaves them out and says so.
alter table job_recipients drop constraint job_recipients_excluded_check;
alter table job_recipients add constraint job_recipients_excluded_check check (excluded in
  ('no_mail', 'bounced', 'inactive', 'archived', 'stronger', 'out_of_scope', 'password_off', 'by_code'));
