-- Offsets before the position that hold no record: markers and aborted records of transactions are counted, and batches
-- that cannot be decoded are listed. Also made in builds of an older program.
create table if not exists transaction_offsets (
  topic text not null,
  partition int not null,
  offsets bigint not null,
  primary key (topic, partition)
);

create table if not exists unreadable (
  topic text not null,
  partition int not null,
  first_offset bigint not null,
  next_offset bigint not null,
  code text not null,
  reason text not null,
  discarded boolean not null,
  primary key (topic, partition, first_offset)
);
