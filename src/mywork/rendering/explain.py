"""Why the books say what they say, on a terminal."""

from collections.abc import Sequence

from mywork.documents.document import encode
from mywork.documents.entries import Entry
from mywork.documents.explain import ExplainedBalance
from mywork.documents.ledger import AccountLine
from mywork.rendering.terminal import console, minute, print_json, table_of


def explained_account(found: ExplainedBalance, *, as_json: bool = False) -> None:
    """Amounts are on the account's normal side."""
    if as_json:
        print_json(found)
        return
    console().print(f"[bold]{found.account}[/bold], {found.kind}: {found.meaning}")
    _kinds(found)
    _lines(found.last)
    if found.next_after:
        console().print(f"more: --after {found.next_after}", soft_wrap=True)


def _kinds(found: ExplainedBalance) -> None:
    texts = ("what", "entries")
    table = table_of(f"What moved it, {found.currency}", texts, ("amount",), ("largest",))
    table.add_row(f"opening, {minute(found.since)}", "", f"{found.opening}", "")
    for kind in found.kinds:
        what = f"{kind.event}\n{kind.sentence}" if kind.sentence else kind.event
        largest = "\n".join(f"{line.entry}: {line.amount}" for line in kind.largest)
        table.add_row(what, str(kind.entries), f"{kind.amount}", largest)
    table.add_section()
    table.add_row(f"balance, {minute(found.at)}", "", f"{found.balance}", "", style="bold")
    console().print(table)


def _lines(lines: Sequence[AccountLine]) -> None:
    texts = ("entry", "at", "event", "object")
    table = table_of("The last entries", texts, ("amount", "balance"))
    for line in lines:
        at, of = minute(line.effective_at), line.object_id or line.stream
        table.add_row(f"{line.entry}", at, line.event, of, f"{line.amount}", f"{line.balance}")
    console().print(table)


def explained_entry(found: Entry, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    console().print(f"[bold]Entry {found.entry}[/bold]: {found.happened}")
    _postings(found)
    table = table_of("Why it is there", ("", " "), ())
    for name, text in _reasons(found):
        table.add_row(name, text)
    console().print(table)
    if found.related:
        _related(found)


def _postings(found: Entry) -> None:
    table = table_of("What it posted", ("account", "object"), ("debit", "credit"), ("meaning",))
    for line in found.postings:
        sides = (
            f"{amount} {line.currency}" if amount else "" for amount in (line.debit, line.credit)
        )
        table.add_row(line.account, line.object_id or "", *sides, line.meaning)
    console().print(table)


def _reasons(found: Entry) -> list[tuple[str, str]]:
    meta, rule = found.metadata, found.rule
    told = [
        ("event", f"{found.event}, version {found.version} of {found.stream}"),
        ("happened", f"{minute(found.effective_at)} UTC"),
        ("booked", f"{minute(found.booked_at)} UTC, in the period {found.period}"),
        ("who", meta.actor),
        ("why", meta.reason),
        ("command", meta.command_id),
        ("caused by", meta.causation),
        ("began with", meta.correlation),
        ("Stripe", ", ".join(found.stripe_ids)),
        ("rule", f"{rule.function}, line {rule.line}: {rule.sentence}" if rule else ""),
        ("code", _code(found)),
        ("says", encode(found.data).decode()),
    ]
    return [(name, text) for name, text in told if text]


def _code(found: Entry) -> str:
    version = found.code_version
    if version is None:
        return "not known: posted before versions were kept"
    same = "the running one" if version.running else "another than the one that runs"
    return f"{version.package_version}, sources {version.sources_sha256[:16]}, {same}"


def _related(found: Entry) -> None:
    table = table_of("Of the same Stripe objects", ("entry", "at", "event", "object"), ())
    for item in found.related:
        table.add_row(f"{item.entry}", minute(item.effective_at), item.event, item.object_id)
    console().print(table)
