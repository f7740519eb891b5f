-- Every member of a group holds one two-key lock of the group's class; it is gone with the member's connection.
select count(*) as members
from pg_locks
where locktype = 'advisory' and granted and objsubid = 2 and classid = $1
  and database = (select oid from pg_database where datname = current_database())
