select a.*, e.recorded_at from identity_assertion a join entry e on e.event_id = a.event_id
