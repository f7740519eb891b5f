-- The last write of each process to the count of the door, so that one that is said again counts nothing (I6).
create table door_count_writer (
  writer uuid primary key,
  last bigint not null
);
