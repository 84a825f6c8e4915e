-- Why: the form of a new user of a canton asks for more than lists show: salutation, birth
-- date, address, mobile number. Kept apart from users, whose wide indexes it must not touch.
create table user_contacts (
  organisation_id bigint not null,
  user_id bigint not null,
  salutation text check (salutation in ('mr', 'ms')),
  birth_date date,
  address_1 text not null default '' check (length(address_1) <= 100),
  address_2 text not null default '' check (length(address_2) <= 100),
  -- ISO 3166-1, two letters.
  country text check (country ~ '^[A-Z]{2}$'),
  city text not null default '' check (length(city) <= 100),
  postal_code text not null default '' check (length(postal_code) <= 12),
  -- E.164 without blanks, such as +41791234567.
  mobile text check (length(mobile) between 4 and 20),
  -- «Osservazioni sulla modifica»
  note text not null default '' check (length(note) <= 255),
  primary key (organisation_id, user_id),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
