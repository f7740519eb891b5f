with edge as (
  select * from unnest($1::text[], $2::text[], $3::text[]) as e (kind, member, account)
), old as (
  delete from membership m using edge e
  where (m.kind, m.member, m.account) = (e.kind, e.member, e.account) and not exists (
    select 1 from json_populate_recordset(null::membership, $4::json) n
    where (n.kind, n.member, n.account, n.since) = (m.kind, m.member, m.account, m.since)
  )
)
insert into membership
select * from json_populate_recordset(null::membership, $4::json)
on conflict (kind, member, account, since) do update set until = excluded.until, ended = excluded.ended
