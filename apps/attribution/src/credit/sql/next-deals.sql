-- In the order of the key, whichever it is: so many are read, not the whole table.
select o.opportunity from evidence.opportunity o
 where o.opportunity > coalesce($1::text, '')
   and ($2::timestamptz is null or o.closed_at >= $2)
 order by o.opportunity limit $3
