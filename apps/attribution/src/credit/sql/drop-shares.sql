delete from credit_share s using unnest($1::text[], $2::text[]) as gone (opportunity, model)
 where (s.opportunity, s.model) = (gone.opportunity, gone.model)
