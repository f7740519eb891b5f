delete from deal where opportunity = any ($1::text[])
