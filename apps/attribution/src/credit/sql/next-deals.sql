select o.opportunity from evidence.opportunity o
 where ($1::text is null or o.opportunity collate "C" > $1)
   and ($2::timestamptz is null or o.closed_at >= $2)
 order by o.opportunity collate "C" limit $3
