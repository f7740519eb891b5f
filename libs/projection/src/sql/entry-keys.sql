alter table entry add primary key (event_id);
-- what differs soonest comes first: a topic is the same for most rows and slow to compare
create unique index entry_place on entry (partition, "offset", topic);
-- a lead and an opportunity may carry the same id: streams of two topics are two streams
create unique index entry_version on entry (stream, version, topic) where stream is not null;
