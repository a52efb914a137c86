"""One crawl run: what it met, and what became of it."""
