"""Digests from what is due to what is handed over."""
