"""Auditing: nothing of what is said needs to be believed."""

from mywork.cli.main import main


@main.group("audit")
def audit_group() -> None:
    """Prove the history, from the database or from what was exported of it."""
