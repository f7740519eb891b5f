delete from credit c using unnest($1::text[], $2::text[]) as gone (opportunity, model)
 where (c.opportunity, c.model) = (gone.opportunity, gone.model)
