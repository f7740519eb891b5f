delete from projection.processing_log where projection = $1 and at < now() - make_interval(days => $2)
