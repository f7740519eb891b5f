select greeting($1) as said
