"""What a replay drill found."""

from mywork.application.ports.replay_verifications import Verification
from mywork.rendering.terminal import console, print_json, table_of


def drill(found: Verification, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found.document())
        return
    replayed = found.replayed
    if replayed is None:
        console().print(f"replay drill {found.id}: {found.status} {found.note}".rstrip())
        return
    title = f"Replay drill {found.id}"
    table = table_of(title, ("table",), ("position", "rows", "differ"))
    for compared in replayed.tables:
        numbers = (compared.position, compared.rows, compared.differing)
        table.add_row(compared.table, *(f"{number:,}" for number in numbers))
    console().print(table)
    for compared in replayed.tables:
        for difference in compared.differences:
            console().print(f"{difference.table} {difference.key}: {difference.words()}")
        if compared.more:
            console().print(f"{compared.table}: and {compared.more:,} more")
    console().print(
        f"{replayed.events:,} events to position {replayed.position:,} in {replayed.seconds:.1f} s "
        f"({replayed.events_per_second:,} a second): {replayed.rows:,} rows, "
        f"{replayed.differing:,} differ"
    )
    if replayed.root:
        console().print(f"sealed: {replayed.sealed:,} events, root {replayed.root}")
