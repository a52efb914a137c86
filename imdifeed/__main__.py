"""`python -m imdifeed` is the `imdifeed` command."""

from imdifeed.cli import main

main(prog_name="imdifeed")
