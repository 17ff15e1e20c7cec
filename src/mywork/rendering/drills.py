"""What a replay drill found."""

from mywork.documents.drills import Drill
from mywork.rendering.terminal import console, print_json, table_of


def drill(found: Drill, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    if not found.tables:
        console().print(f"replay drill {found.id}: {found.status} {found.note or ''}".rstrip())
        return
    title = f"Replay drill {found.id}"
    table = table_of(title, ("table",), ("position", "rows", "differ"))
    for compared in found.tables:
        numbers = (compared.position, compared.rows, compared.differing)
        table.add_row(compared.table, *(f"{number:,}" for number in numbers))
    console().print(table)
    for compared in found.tables:
        for difference in compared.differences:
            console().print(f"{compared.table} {difference.key}: {difference.detail}")
        if more := compared.differing - len(compared.differences):
            console().print(f"{compared.table}: and {more:,} more")
    console().print(
        f"{found.events:,} events to position {found.position:,} in {found.seconds:.1f} s "
        f"({found.events_per_second:,} a second): {found.rows:,} rows, {found.differing:,} differ"
    )
    if found.head:
        console().print(f"sealed: {found.head.size:,} events, root {found.head.root}")
