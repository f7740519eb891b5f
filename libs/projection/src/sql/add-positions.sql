insert into position (topic, partition) select $1, p from unnest($2::int[]) as p on conflict do nothing
