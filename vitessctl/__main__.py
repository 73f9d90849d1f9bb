"""`python -m vitessctl`."""

from vitessctl.cli.main import main

main()
