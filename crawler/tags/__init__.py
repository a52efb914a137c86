"""The taxonomy's rules: terms, and where in a text they stand."""
