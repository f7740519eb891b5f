select opportunity from deal
 where $1::text is null or opportunity collate "C" > $1
 order by opportunity collate "C" limit $2
