"""How the projections stand."""

from collections.abc import Sequence

from mywork.documents.operations import ProjectionStatus
from mywork.rendering.terminal import console, print_documents, table_of


def projections(found: Sequence[ProjectionStatus], *, as_json: bool = False) -> None:
    if as_json:
        print_documents(found)
        return
    table = table_of("Projections", ("name",), ("position", "lag"), ("runner", "state"))
    for status in found:
        table.add_row(
            status.name,
            f"{status.position:,}",
            f"{status.lag:,}",
            "running" if status.running else "none",
            status.state,
        )
    console().print(table)
