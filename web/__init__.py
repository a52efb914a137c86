"""The reading side: listing, entries, feeds and sign-up over HTTP."""
