delete from deal_touch where opportunity = any ($1::text[])
