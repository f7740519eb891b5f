select opportunity, said from deal where opportunity = any ($1::text[])
