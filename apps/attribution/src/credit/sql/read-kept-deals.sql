select opportunity, credit_events, said from deal where opportunity = any ($1::text[])
