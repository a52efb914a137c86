"""One entry as a page, and the history of its wording."""
