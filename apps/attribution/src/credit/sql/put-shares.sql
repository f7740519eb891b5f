insert into credit_share select * from json_populate_recordset(null::credit_share, $1::json)
