-- Waits for the batches in hand (they hold the row FOR SHARE) and keeps new ones out until the switch commits.
select schema from projection.build where name = $1 and state = 'live' for update
