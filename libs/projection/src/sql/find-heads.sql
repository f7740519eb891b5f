select stream, version from stream_head where topic = $1 and stream = any ($2::text[])
