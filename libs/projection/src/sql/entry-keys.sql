alter table entry add primary key (event_id);
create unique index entry_place on entry (topic, partition, "offset");
-- a lead and an opportunity may carry the same id: streams of two topics are two streams
create unique index entry_version on entry (topic, stream, version) where stream is not null;
