"""The embedded engine: SQLite through sqlite-utils."""
