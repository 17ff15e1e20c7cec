"""The digest kept with every entry covers what decides money and places it, wherever it moves."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from mywork.application.inbox import balance_transactions, exceptions
from mywork.domain import money
from mywork.domain.catalogue import deciders
from mywork.domain.charge import bearing
from mywork.ledger import accounts, code_versions, entry
from mywork.ledger import rules as posting_rules

SOURCES = Path(code_versions.__file__).parents[1]


def file_of(module: str) -> Path | None:
    """Of one of our modules; None for a name that is no module."""
    found = SOURCES.joinpath(*module.split(".")[1:])
    candidates = found.with_suffix(".py"), found / "__init__.py"
    return next((path for path in candidates if path.is_file()), None)


def imports(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mywork"):
            names = [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
            yield from (found for name in names if (found := file_of(name)) is not None)


def closure(*first: Path) -> set[Path]:
    """Everything that these are made of, by import."""
    found: set[Path] = set()
    waiting = list(first)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imports(path)
    return found


def path_of(module: ModuleType) -> Path:
    return Path(inspect.getfile(module))


def deciding() -> dict[str, Path]:
    found = {
        f"decide {command.__name__}": Path(inspect.getfile(function))
        for command, decider in deciders().items()
        for function in (decider.decide, decider.evolve, decider.stream)
    }
    rules = Path(inspect.getfile(posting_rules)).parent.glob("*.py")
    return found | {
        **{f"rule {path.stem}": path for path in rules},
        "accounts": path_of(accounts),
        "entries": path_of(entry),
        "split": Path(inspect.getfile(money.allocate)),
        "bearing": path_of(bearing),
        "what a transaction means": path_of(balance_transactions),
        "what did not fit": path_of(exceptions),
    }


def test_every_decider_rule_account_and_split_lies_inside() -> None:
    covered = set(code_versions.deciding_files())
    outside = {what: path for what, path in deciding().items() if path not in covered}
    assert outside == {}


def test_and_so_does_everything_that_deciders_and_rules_are_made_of() -> None:
    first = {path for what, path in deciding().items() if what.startswith(("decide", "rule"))}
    outside = closure(*first) - set(code_versions.deciding_files())
    assert {path.relative_to(SOURCES).as_posix() for path in outside} == set()


def test_a_change_of_any_of_them_is_another_version(tmp_path: Path) -> None:
    one, other = tmp_path / "a.py", tmp_path / "b.py"
    one.write_text("RATE = 1\n")
    other.write_text("RATE = 2\n")
    before = code_versions.digest([one, other], tmp_path)
    other.write_text("RATE = 3\n")
    assert code_versions.digest([one, other], tmp_path) != before
