"""`python -m mywork` is `mywork`."""

from mywork.cli import main

main()
