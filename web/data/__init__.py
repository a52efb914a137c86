"""Feeds, files and the API: a query for programs."""
