insert into identity_assertion select * from json_populate_recordset(null::identity_assertion, $1::json)
