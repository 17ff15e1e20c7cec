"""`python -m mywork` is `mywork`."""

from mywork.cli import main

if __name__ == "__main__":  # a second process of ours imports this file under another name
    main()
