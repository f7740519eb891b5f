delete from exchange_rate where from_currency = $1 and to_currency = $2 and day = $3::date
