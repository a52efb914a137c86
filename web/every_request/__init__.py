"""What every request passes: answers that are ready, limits, headers, errors."""
