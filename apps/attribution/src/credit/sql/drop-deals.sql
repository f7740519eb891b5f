-- Everything that is kept of these deals; what was told of them stays told.
with share as (delete from credit_share where opportunity = any ($1::text[])),
     credits as (delete from credit where opportunity = any ($1::text[])),
     path as (delete from deal_touch where opportunity = any ($1::text[]))
delete from deal where opportunity = any ($1::text[])
