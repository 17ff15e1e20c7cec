"""The map and the reduce of an archive's verification, both pure.

`summarise` reads the records of one part and keeps little of them: Merkle subtrees, sums by
account, and how far each stream came. `merged` combines summaries of any parts in any order, and
of merged ones. What only shows when all is together, `verdict` says.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from mywork.archive.tree import Stretch, joined, stretch
from mywork.ledger.findings import Finding
from mywork.ledger.proof.records import Record
from mywork.ledger.proof.verify_history import leaf_hash

LEAVES, BALANCED = "archive.leaves", "archive.entries_balanced"

Balances = dict[tuple[str, str], int]  # account, currency; debit-positive minor units


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """Versions of a stream that follow one another without a gap, and where they stand."""

    first_version: int
    last_version: int
    first_position: int
    last_position: int

    def meets(self, following: "Run") -> bool:
        return (
            following.first_version == self.last_version + 1
            and following.first_position > self.last_position
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """Of some records: ranges of leaves that do not meet, and per stream runs that do not meet."""

    stretches: tuple[Stretch, ...] = ()
    streams: Mapping[str, tuple[Run, ...]] = field(default_factory=dict)
    balances: Mapping[tuple[str, str], int] = field(default_factory=dict)
    entries: int = 0
    postings: int = 0
    findings: tuple[Finding, ...] = ()


def summarise(records: Iterable[Record]) -> Summary:
    """The map: one part's records, in the order in which they stand."""
    hashes: list[tuple[int, bytes]] = []
    runs: dict[str, list[Run]] = {}
    balances: Balances = {}
    findings: list[Finding] = []
    entries = postings = 0
    for record in records:
        position, computed = record["position"], leaf_hash(record)
        hashes.append((position, computed))
        here = Run(record["version"], record["version"], position, position)
        runs.setdefault(record["stream"], []).append(here)
        if computed.hex() != record["leaf"]:
            findings.append(leaf_differs(position, record["name"]))
        if record["entry"] is not None:
            entries += 1
            postings += len(record["entry"]["postings"])
            findings += _post(record, balances)
    streams = {stream: joined_runs(found) for stream, found in runs.items()}
    return Summary(tuple(_stretches(hashes)), streams, balances, entries, postings, tuple(findings))


def _post(record: Record, balances: Balances) -> Iterator[Finding]:
    """Add an entry to the balances; a finding for each currency in which it does not balance."""
    sums: dict[str, int] = {}
    for line in record["entry"]["postings"] if record["entry"] else ():
        key, amount = (line["account"], line["currency"]), line["amount_minor"]
        balances[key] = balances.get(key, 0) + amount
        sums[line["currency"]] = sums.get(line["currency"], 0) + amount
    for currency, difference in sums.items():
        if difference:
            yield out_of_balance(record["position"], difference, currency)


def merged(summaries: Iterable[Summary]) -> Summary:
    """The reduce."""
    found = list(summaries)
    runs: dict[str, list[Run]] = {}
    balances: Balances = {}
    for summary in found:
        for stream, some in summary.streams.items():
            runs.setdefault(stream, []).extend(some)
        for key, amount_minor in summary.balances.items():
            balances[key] = balances.get(key, 0) + amount_minor
    return Summary(
        _joined_stretches(chain.from_iterable(summary.stretches for summary in found)),
        {stream: joined_runs(some) for stream, some in runs.items()},
        balances,
        sum(summary.entries for summary in found),
        sum(summary.postings for summary in found),
        tuple(sorted(chain.from_iterable(summary.findings for summary in found), key=_place)),
    )


def joined_runs(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Runs that meet become one."""
    kept: list[Run] = []
    for run in sorted(runs):
        if kept and kept[-1].meets(run):
            before = kept.pop()
            kept.append(replace(run, first_version=before.first_version,
                                first_position=before.first_position))  # fmt: skip
        else:
            kept.append(run)
    return tuple(kept)


def _stretches(hashes: Iterable[tuple[int, bytes]]) -> Iterator[Stretch]:
    """Leaves that follow one another, as they stand."""
    start, leaves = 0, list[bytes]()
    for position, leaf in hashes:
        if leaves and position != start + len(leaves) + 1:
            yield stretch(start, leaves)
            leaves = []
        if not leaves:
            start = position - 1
        leaves.append(leaf)
    if leaves:
        yield stretch(start, leaves)


def _joined_stretches(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    kept: list[Stretch] = []
    for found in sorted(stretches, key=lambda some: (some.start, some.stop)):
        meets = kept and kept[-1].stop == found.start
        kept.append(joined(kept.pop(), found) if meets else found)
    return tuple(kept)


def _place(finding: Finding) -> tuple[str, int, str]:
    """By check, then position, then text: the order of parts does not show."""
    digits = finding.subject.removeprefix("event ")
    return finding.check, int(digits) if digits.isdecimal() else 0, finding.subject


def leaf_differs(position: int, name: str) -> Finding:
    return Finding(
        LEAVES, f"event {position}", f"{name} is not what its leaf was made of, or the leaf is not"
    )


def out_of_balance(position: int, difference: int, currency: str) -> Finding:
    detail = f"its postings sum to {difference} {currency}, not to zero"
    return Finding(BALANCED, f"event {position}", detail)
