-- One writer of a deal's credit at a time, from here to the end of the transaction; always in the order of ids, so that
-- two who want several never wait for each other. Whoever computes a deal last sees what all before it saw.
select pg_advisory_xact_lock(hashtextextended('credit of ' || o.opportunity, 0))
  from (select opportunity from unnest($1::text[]) as asked (opportunity) order by opportunity collate "C") o
