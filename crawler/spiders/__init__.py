"""One spider for each family of sources; they fetch and hand to shapes, nothing more."""
