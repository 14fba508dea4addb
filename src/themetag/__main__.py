"""`python -m themetag` is the command `themetag`."""

from themetag.cli import main

main()
