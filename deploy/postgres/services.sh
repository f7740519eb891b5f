#!/bin/sh
# One database and one owner role per service, none of them a superuser, and a reader for the journeys views.
set -eu

for service in touches leads opportunities journeys attribution; do
  password=$(printenv "$(printf '%s' "$service" | tr '[:lower:]' '[:upper:]')_PASSWORD")
  psql -v ON_ERROR_STOP=1 -U postgres -v role="$service" -v password="$password" <<'SQL'
CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done

psql -v ON_ERROR_STOP=1 -U postgres -v password="$ANALYST_PASSWORD" <<'SQL'
CREATE ROLE analyst LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
GRANT CONNECT ON DATABASE journeys TO analyst;
SQL
