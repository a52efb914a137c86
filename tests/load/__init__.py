"""Everything at once, for a while: readers, crawls, digests, backups, and kills where wanted."""
