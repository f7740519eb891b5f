select topic, partition, "offset", record from parked
where state = 'poison' and code = any ($1::text[]) and (topic, partition, "offset") > ($2, $3::int, $4::bigint)
order by topic, partition, "offset"
limit $5
