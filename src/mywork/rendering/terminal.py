"""What every page of the terminal is made of: tables that line up, bars that move, JSON."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from eventstore.progress import Progress
from mywork.documents.document import Document, encode
from mywork.domain.money import Money

if TYPE_CHECKING:  # rich is imported by whoever prints with it: JSON needs none of it
    from rich.console import Console
    from rich.table import Table

T = TypeVar("T")


def console() -> "Console":
    """Made when needed, so that it sees the present standard output."""
    from rich.console import Console

    return Console(highlight=False)


def with_progress(title: str, work: Callable[[Progress], T]) -> T:
    """Run `work`, which reports (done, total), under a bar; returns what it does."""
    from rich import progress as bars

    columns = (bars.TextColumn("{task.description}"), bars.BarColumn(), bars.MofNCompleteColumn())
    with bars.Progress(*columns, bars.TimeRemainingColumn(), console=console()) as progress:
        task = progress.add_task(title, total=None)
        return work(lambda done, total: progress.update(task, completed=done, total=total))


def table_of(
    title: str, texts: Sequence[str], numbers: Sequence[str], more: Sequence[str] = ()
) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in texts:
        table.add_column(name, overflow="fold")  # an id that is cut cannot be used
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for name in more:
        table.add_column(name, overflow="fold")
    return table


def print_json(document: Document) -> None:
    print(msgspec.json.format(encode(document)).decode())


def print_documents(found: Sequence[Document]) -> None:
    print(msgspec.json.format(b"[%s]" % b",".join(map(encode, found))).decode())


def amounts_of(amounts_minor: Sequence[int], currency: str) -> list[str]:
    return [str(Money(amount_minor, currency)) for amount_minor in amounts_minor]


def minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
