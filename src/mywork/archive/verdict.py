"""What a verification says in the end: the root and the counts, or what is wrong and where."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from mywork.archive import layout
from mywork.archive.summary import Run, Summary
from mywork.archive.tree import Stretch, root
from mywork.ledger.findings import Finding

PARTS, POSITIONS, STREAMS = "archive.parts", "archive.positions", "archive.streams"
ROOT = "archive.root"


class Listed(Protocol):
    """A part as the archive's manifest has it."""

    @property
    def key(self) -> str: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """`root` is hexadecimal, and empty where events are missing."""

    size: int
    root: str
    entries: int
    postings: int
    balances: Mapping[tuple[str, str], int]
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class Parts:
    """Which files are read, and what is wrong with the others; `lost` are positions in those."""

    readable: Sequence[str]
    findings: tuple[Finding, ...]
    lost: tuple[tuple[int, int], ...]


def check_parts(folder: Path, listed: Sequence[Listed]) -> Parts:
    """Compare every file with the manifest's checksum."""
    lying, findings, lost, readable = set(layout.parts_in(folder)), list[Finding](), [], []
    for part in listed:
        wrong = _wrong(folder / part.key, part.sha256)
        if wrong:
            findings.append(Finding(PARTS, f"part {part.key}", wrong))
            lost.append((part.first, part.last))
        else:
            readable.append(part.key)
    for key in sorted(lying - {part.key for part in listed}):
        findings.append(Finding(PARTS, f"part {key}", "the manifest does not know it"))
    return Parts(readable, tuple(findings), tuple(lost))


def _wrong(path: Path, sha256: str) -> str:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "it is missing, or cannot be read"
    return "" if digest == sha256 else "its bytes are not those that were written"


def verdict(found: Summary, parts: Parts, *, head: int, known_root: str = "") -> Verdict:
    """`head` is the last position that the archive should hold; `known_root` a root from
    elsewhere, such as a signed head's, empty where none is known."""
    whole = found.stretches if found.stretches else (Stretch(0, 0, ()),)
    complete = len(whole) == 1 and whole[0].start == 0 and whole[0].stop == head
    computed = root(whole[0]).hex() if complete else ""
    findings = [*parts.findings, *found.findings, *_positions(whole, head, parts.lost)]
    if not parts.lost:  # else every stream that had events there is broken
        findings += _streams(found.streams)
    if complete and known_root and computed != known_root:
        detail = f"the events make {computed}, not {known_root}"
        findings.append(Finding(ROOT, f"head {head}", detail))
    return Verdict(
        sum(stretch.stop - stretch.start for stretch in found.stretches),
        computed,
        found.entries,
        found.postings,
        dict(sorted(found.balances.items())),
        tuple(findings),
    )


def _positions(
    stretches: Sequence[Stretch], head: int, lost: Iterable[tuple[int, int]]
) -> Iterator[Finding]:
    """What is missing between the first event and the head, and what is there twice."""
    known = [Stretch(first - 1, last, ()) for first, last in lost]
    bounds = [Stretch(0, 0, ()), *stretches, *known, Stretch(head, head, ())]
    ordered = sorted(bounds, key=lambda some: (some.start, some.stop))
    reached = 0
    for stretch in ordered:
        if stretch.start > reached:
            detail = f"events {reached + 1} to {stretch.start} are missing"
            yield Finding(POSITIONS, f"event {reached + 1}", detail)
        reached = max(reached, stretch.stop)
    for before, after in pairwise(sorted(stretches, key=lambda some: (some.start, some.stop))):
        if after.start < before.stop:
            yield Finding(POSITIONS, f"event {after.start + 1}", "it is there twice")
    if reached > head:
        yield Finding(POSITIONS, f"event {head + 1}", f"the archive should end at event {head}")


def _streams(streams: Mapping[str, tuple[Run, ...]]) -> Iterator[Finding]:
    for stream, runs in sorted(streams.items()):
        expected = 1
        for run in runs:
            at = f"version {run.first_version} stands at event {run.first_position}"
            if run.first_version != expected:
                yield Finding(STREAMS, f"stream {stream}", f"{at}, where {expected} belongs")
            elif run is not runs[0]:
                yield Finding(STREAMS, f"stream {stream}", f"{at}, before the version before it")
            expected = run.last_version + 1
