select low, high from same_person where low = any ($1::text[]) or high = any ($1::text[])
