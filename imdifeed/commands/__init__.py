"""The commands of `imdifeed`, by what they are for."""
