-- One row: what is applied of these events and versions, which of these keys wait, how far these streams are.
select
  (
    select coalesce(json_agg(s), '[]') from (
      select event_id, payload_hash, topic, stream, version from entry where event_id = any ($1::uuid[])
      union all
      select e.event_id, e.payload_hash, e.topic, e.stream, e.version
      from unnest($3::text[], $4::int[]) as w (stream, version)
      join entry e on e.topic = $2 and e.stream = w.stream and e.version = w.version
    ) s
  ) as seen,
  (
    select coalesce(json_agg(b), '[]') from (
      select key, bool_or(state = 'poison') as poison from parked
      where topic = $2 and key = any ($5::text[]) and state <> 'discarded'
      group by key
    ) b
  ) as blocked,
  (
    select coalesce(json_agg(h), '[]') from (
      select stream, version from stream_head where topic = $2 and stream = any ($6::text[])
    ) h
  ) as heads
