-- Items, their count and their bytes in one statement: none is kept uncounted, and none past the limit. Where they do not
-- fit, no row comes back and nothing changed.
with usage as (
  update quarantine_usage set bytes = bytes + $12::bigint
  where bytes + $12::bigint <= $13::bigint
  returning 1
), counted as (
  update door_count
  set received = received + $9::bigint,
    accepted = accepted + $10::bigint,
    quarantined = quarantined + $11::bigint
  from usage
)
insert into quarantine (id, raw, headers, code, field, reason, remedy, received_at)
select kept.id, kept.raw, kept.headers::jsonb, kept.code, kept.field, kept.reason, kept.remedy, $8::timestamptz
from unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
  with ordinality as kept (id, raw, headers, code, field, reason, remedy, n)
cross join usage
order by kept.n
returning id
