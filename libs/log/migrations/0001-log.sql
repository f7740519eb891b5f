create table log_topic (
  topic text primary key,
  partitions integer not null check (partitions > 0)
);

-- The head of a partition: whoever appends holds this row until COMMIT, so offset order is commit order and a
-- gap means loss. A sequence would hand out numbers whose commits land late, behind the readers.
create table log_partition (
  topic text not null references log_topic on delete cascade,
  partition integer not null,
  low bigint not null default 0,
  next bigint not null default 0,
  primary key (topic, partition)
) with (fillfactor = 50);

create table log_record (
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  key text not null,
  value bytea not null,
  headers json not null,
  time bigint not null,
  primary key (topic, partition, "offset")
);

-- Records belong to a partition without a foreign key, which costs a quarter of the rate of large sends: log_append is
-- the only writer and holds the partition's row, and a partition that goes takes its records with it. An append that
-- waits for that row meanwhile finds no topic.
create function log_forget() returns trigger language plpgsql as $$
begin
  delete from log_record where topic = old.topic and partition = old.partition;
  return null;
end $$;
create trigger forget after delete on log_partition for each row execute function log_forget();

create function log_append(
  p_topic text, p_partitions integer[], p_keys text[], p_values bytea[], p_headers text[], p_times bigint[],
  p_lock_ms integer
) returns table (line bigint, "partition" integer, "offset" bigint) language plpgsql as $$
#variable_conflict use_column
begin
  -- Who waits longer has been given up by its caller: what is stored late could come after what was sent next.
  perform set_config('lock_timeout', p_lock_ms::text, true);

  -- In the order of the partitions, or two appends that share two of them would wait for each other. A statement
  -- of its own: the next one takes its snapshot when the locks are held and sees the heads as they are.
  perform from log_partition h
  where h.topic = p_topic and h.partition = any (p_partitions)
  order by h.partition for no key update;

  if exists (
    select from unnest(p_partitions) as wanted
    where not exists (select from log_partition h where h.topic = p_topic and h.partition = wanted)
  ) then
    raise exception 'no topic %', p_topic using errcode = 'no_data_found';
  end if;

  return query
  with record as (
    select r.*, row_number() over (partition by r.partition order by r.line) - 1 as rank
    from unnest(p_partitions, p_keys, p_values, p_headers, p_times)
      with ordinality as r (partition, key, value, headers, time, line)
  ), taken as (
    update log_partition h
    set next = h.next + c.records
    from (select r.partition, count(*) as records from record r group by r.partition) c
    where h.topic = p_topic and h.partition = c.partition
    returning h.partition, h.next - c.records as first
  ), stored as (
    insert into log_record (topic, partition, "offset", key, value, headers, time)
    select p_topic, r.partition, t.first + r.rank, r.key, r.value, r.headers::json, r.time
    from record r join taken t on t.partition = r.partition
  )
  select r.line, r.partition, t.first + r.rank
  from record r join taken t on t.partition = r.partition
  order by r.line;
end $$;
