select "offset" from parked
where topic = $1 and key = $2 and state <> 'discarded'
order by (state <> 'poison'), "offset"
limit 1
