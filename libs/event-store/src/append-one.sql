select append_event(
  $1::text, $2::bigint, $3::uuid, $4::text, $5::integer, $6::text, $7::timestamptz, $8::text, $9::text[], $10::text,
  $11::timestamptz, $12::text, $13::text, $14::text, $15::text, $16::integer, $17::text, $18::json, $19::bigint,
  $20::integer, $21::boolean, $22::bigint
) as actual
