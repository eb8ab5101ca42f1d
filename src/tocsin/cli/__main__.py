"""`python -m tocsin.cli ...` is `tocsin ...`."""

from tocsin.cli.commands import main

main()
