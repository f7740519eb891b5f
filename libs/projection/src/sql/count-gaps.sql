select count(distinct key)::int as keys from parked where topic = $1 and partition = $2 and state = 'gap'
