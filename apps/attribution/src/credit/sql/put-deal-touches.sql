insert into deal_touch select * from json_populate_recordset(null::deal_touch, $1::json)
