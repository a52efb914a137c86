"""Manners towards publishers, and what their answers really are."""
