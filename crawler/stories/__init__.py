"""What tells that two entries are the same news."""
