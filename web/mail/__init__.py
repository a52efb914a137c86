"""Sign-up, a reader's own page and leaving; nothing changes by opening a link."""
