"""`/`: a query as a page, with its filters and why each entry was found."""
