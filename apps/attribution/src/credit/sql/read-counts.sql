select opportunity, credit_events as events from deal where opportunity = any ($1::text[])
