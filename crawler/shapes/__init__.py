"""One pure parser for each form in which a source gives an entry: bytes in, items out."""
