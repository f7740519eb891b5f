insert into transaction_offsets (topic, partition, offsets) values ($1, $2, $3)
on conflict (topic, partition) do update set offsets = transaction_offsets.offsets + excluded.offsets
