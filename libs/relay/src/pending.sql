-- What waits in one shard, for topics that do not rest after a failure and but for rows in hand, oldest first, cut by
-- rows and by bytes; at least one row, however large.
-- Id order is version order within a key, because ids are drawn under the stream's lock. Between keys a smaller id may
-- still commit later: rows leave by their ids and never by "up to", and are read from the oldest on and never "behind",
-- or the next version of that late one's stream, drawn and committed after it, would be met first.
select id, topic, key, value, headers, timestamp
from (
  select page.*, sum(page.bytes) over (order by page.id) - page.bytes as bytes_before
  from (
    select o.*, octet_length(o.value) + octet_length(o.headers::text) + octet_length(o.key) as bytes
    from outbox o
    where ($1::integer = 1 or (hashtext(o.key)::bigint + 2147483648) % $1::integer = $2::integer)
      and o.topic <> all ($5::text[])
      and o.id <> all ($6::bigint[])
    order by o.id
    limit $3::integer
  ) page
) cut
where bytes_before < $4::bigint
order by id
