select a.account, a.source, a.domain, a.name, a.industry, a.employees, a.country, a.attributes,
       a.described_at, a.described_precision, p.parent
  from account a left join analytics_v1.account_parent p on p.account = a.account
