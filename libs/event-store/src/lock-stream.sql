select version from stream where stream = $1 for update
