update door_count
set received = received + $1::bigint,
  accepted = accepted + $2::bigint,
  quarantined = quarantined + $3::bigint,
  refused = refused + $4::bigint
