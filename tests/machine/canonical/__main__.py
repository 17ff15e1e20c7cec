"""Records what happens in seeded plays; exits 1 when one fails or differs from --against."""

import argparse
import hashlib
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from databases import Databases, roomy_memory, sibling

from machine.canonical.comparing import DIGESTS, differing
from machine.canonical.plays import PLAYS, recorded
from mywork.bootstrap import migrate
from mywork.sandbox.postgres import EmbeddedPostgres

Lend = Callable[[], AbstractContextManager[str]]


def main() -> int:
    asked = _arguments()
    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and leave no server behind
    logging.disable()  # what the product warns of is meant to happen here
    with _server() as databases:
        failed = [
            name
            for name in PLAYS
            for seed in range(1, asked.seeds + 1)
            if not _record(folder, name, databases, seed=seed, steps=asked.steps)
        ]
    seal = folder / DIGESTS
    seal.write_text("".join(_digests(folder, "*")), encoding="utf-8")
    print(f"{_digest(seal.read_text())} in total")
    differences = differing(asked.against, folder) if asked.against else []
    for line in differences:
        print(line)
    if asked.against and not differences:
        print(f"the same as in {asked.against}")
    return 1 if failed or differences else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/canonical-history", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the records go; it must be empty")
    parser.add_argument("--seeds", type=int, default=20, help="how many times each is played")
    parser.add_argument("--steps", type=int, default=2_000, help="of the marketplace's walks")
    parser.add_argument("--against", type=Path, help="records of before to compare with")
    asked = parser.parse_args()
    if asked.seeds < 1 or asked.steps < 1:
        parser.error("at least one seed and one step")
    if asked.against and not (asked.against / DIGESTS).is_file():
        parser.error(f"{asked.against} holds no records")
    if asked.folder.exists() and not asked.folder.is_dir():
        parser.error(f"{asked.folder} is a file")
    if asked.folder.exists() and any(asked.folder.iterdir()):
        parser.error(f"{asked.folder} is not empty: choose another folder")
    return asked


@contextmanager
def _server() -> Iterator[Lend]:
    """Migrated databases, one after another; nothing of theirs is tidied up in between."""
    with (
        TemporaryDirectory(prefix="mywork-canonical-", dir=roomy_memory()) as folder,
        EmbeddedPostgres(Path(folder) / "postgres", durable=False) as server,
        psycopg.connect(server.url, autocommit=True) as session,
    ):
        session.execute("ALTER SYSTEM SET autovacuum = off")
        session.execute("SELECT pg_reload_conf()")
        session.execute("CREATE DATABASE migrated TEMPLATE template0")
        migrate(sibling(server.url, "migrated"))
        yield partial(Databases(session, server.url).lent, "migrated")


def _record(folder: Path, name: str, databases: Lend, *, seed: int, steps: int) -> bool:
    """Whether it was played to the end; tells how it went."""
    play, divisor = PLAYS[name]
    stem, begun = folder / f"{name}-{seed:02}", time.monotonic()
    with databases() as url:
        failure = recorded(stem, play, url, seed=seed, count=steps // divisor)
    digest = _digest("".join(_digests(folder, f"{stem.name}.*")))
    seconds = time.monotonic() - begun
    print(f"{digest} {stem.name} ({seconds:.0f} s) {failure}".rstrip(), flush=True)
    return not failure


def _digests(folder: Path, pattern: str) -> Iterator[str]:
    for path in sorted(folder.glob(pattern)):
        yield f"{_digest(path.read_text(encoding='utf-8'))}  {path.name}\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
