"""The `mywork` command itself."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mywork")
def main() -> None:
    """The payments and ledger core of a marketplace.

    \b
    Example:
      mywork dev            everything on this machine, with a demo
      mywork --help         what else there is
    """
