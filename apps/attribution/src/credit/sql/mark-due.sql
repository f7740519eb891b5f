-- In the order of ids, so that two that mark never wait for each other.
insert into due_deal (opportunity)
select opportunity from unnest($1::text[]) as given (opportunity) order by opportunity collate "C"
on conflict (opportunity) do update set marks = due_deal.marks + 1
