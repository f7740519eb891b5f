-- Takes out what the log acknowledged and notes where it went, in one statement and so in one transaction.
-- Race: an owner that was frozen and is not one any more finds its rows gone and notes nothing.
with sent as (
  select * from unnest($1::bigint[], $2::text[], $3::integer[], $4::bigint[]) as s (id, topic, partition, "offset")
),
gone as (
  delete from outbox o using sent s where o.id = s.id
  returning o.event_id, s.topic, s.partition, s."offset"
)
insert into processing_log (event_id, hop, at, topic, partition, "offset")
select event_id, 'relayed', clock_timestamp(), topic, partition, "offset" from gone
