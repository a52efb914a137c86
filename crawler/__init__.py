"""The writing side: fetches publishers' pages and turns them into entries."""
