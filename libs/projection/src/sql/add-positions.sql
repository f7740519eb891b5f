-- "on conflict" alone would wait for a batch in hand, whose owner may be frozen; it is for two who add at once
insert into position (topic, partition)
select $1, p from unnest($2::int[]) as p
where not exists (select 1 from position where topic = $1 and partition = p)
on conflict do nothing
