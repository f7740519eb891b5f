select state, count(*)::int as events, count(distinct (topic, key))::int as keys from parked group by state
