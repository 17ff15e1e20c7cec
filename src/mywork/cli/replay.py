"""Replaying the history."""

import sys

from mywork.cli import main
from mywork.cli.common import JSON, expected_errors, using_core

ASKED_BY = "command line"


@main.group()
def replay() -> None:
    """Replaying the history beside what is live."""


@replay.command("drill")
@JSON
@expected_errors
def drill_command(as_json: bool) -> None:
    """Rebuild ledger and read tables from the events and compare; exit 1 if anything differs.

    Nobody has to stop: all is read in one snapshot. The result is kept and published.

    \b
    Example:  mywork replay drill
    """
    from mywork.rendering import drills as rendering
    from mywork.rendering.terminal import with_progress

    with using_core() as core:
        if as_json:
            found = core.replay_verification.run(ASKED_BY)
        else:
            found = with_progress(
                "replaying",
                lambda report: core.replay_verification.run(ASKED_BY, progress=report),
            )
    rendering.drill(found.document(), as_json=as_json)
    sys.exit(0 if found.status == "passed" else 1)
