-- Persons that are the same person share the canonical one; who is not listed stands alone.
select person, canonical from person_alias
