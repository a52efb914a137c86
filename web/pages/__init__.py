"""The other pages: tags, sources, what to follow, digests, and what the site says of itself."""
