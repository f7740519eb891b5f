delete from processing_log where at < clock_timestamp() - $1::interval
