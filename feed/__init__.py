"""Entries to bytes that are published: feeds and digests. It knows neither store nor web."""
