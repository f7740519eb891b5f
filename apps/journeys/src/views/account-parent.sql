-- One parent an account: the latest that has not ended.
select distinct on (member) member as account, account as parent, since
  from membership
 where kind = 'account' and until is null and not ended
 order by member, since desc, account collate "C"
