create table set_aside (
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  record bytea not null,
  primary key (topic, partition, "offset")
)
