-- A write whose answer was lost is said again under its number: whether it was stored or not, it counts once.
with said as (
  insert into door_count_writer as known (writer, last) values ($5, $6::bigint)
  on conflict (writer) do update set last = excluded.last where known.last < excluded.last
  returning true
)
update door_count
set received = received + $1::bigint,
  accepted = accepted + $2::bigint,
  quarantined = quarantined + $3::bigint,
  refused = refused + $4::bigint
where exists (select from said)
