select next_offset, fingerprint from position where topic = $1 and partition = $2
