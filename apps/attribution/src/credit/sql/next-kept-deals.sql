-- As next-deals.sql, and with them the deals of which only rows here tell.
select opportunity
  from ((select opportunity from evidence.opportunity where opportunity > coalesce($1::text, '') order by opportunity limit $2)
        union
        (select opportunity from deal where opportunity > coalesce($1::text, '') order by opportunity limit $2)) kept
 order by opportunity limit $2
