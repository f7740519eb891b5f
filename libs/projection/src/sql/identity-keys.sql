alter table identity_assertion add primary key (event_id);
create index identity_assertion_low on identity_assertion (low, relation);
create index identity_assertion_high on identity_assertion (high, relation);

alter table visitor_person add primary key (visitor, since);
create index visitor_person_person on visitor_person (person);

alter table same_person add primary key (low, high);
create index same_person_high on same_person (high);

alter table membership add primary key (kind, member, account, since);
create index membership_account on membership (account);
