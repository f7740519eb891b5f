select * from event where stream = $1 order by version
