"""Processes: the site, the schedule, their locks and logs."""
