insert into logged_position as p (topic, partition, next_offset, fingerprint)
values ($1, $2, $3, $4)
on conflict (topic, partition) do update
set next_offset = excluded.next_offset, fingerprint = excluded.fingerprint
where p.next_offset < excluded.next_offset
