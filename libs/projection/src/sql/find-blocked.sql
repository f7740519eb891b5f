select key, bool_or(state = 'poison') as poison from parked
where topic = $1 and key = any ($2::text[]) and state <> 'discarded'
group by key
