INSERT INTO schema_migration (owner, number, name, checksum)
VALUES ($1, $2, $3, $4)
