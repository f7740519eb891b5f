-- Without the name, which is personal.
select m.member, m.source, m.function, m.manager, m.office, m.attributes, m.described_at, m.described_precision,
       (select count(*)::int from opportunity o where o.owner = m.member) as opportunities
  from member m
