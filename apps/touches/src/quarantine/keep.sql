-- Items and their count in one statement: none is kept uncounted, none counted without being kept.
with counted as (
  update door_count
  set received = received + $9::bigint,
    accepted = accepted + $10::bigint,
    quarantined = quarantined + $11::bigint
)
insert into quarantine (id, raw, headers, code, field, reason, remedy, received_at)
select kept.id, kept.raw, kept.headers::jsonb, kept.code, kept.field, kept.reason, kept.remedy, $8::timestamptz
from unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
  with ordinality as kept (id, raw, headers, code, field, reason, remedy, n)
order by kept.n
