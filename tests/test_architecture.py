"""The floors of the house: who may import whom. The tables here are the documentation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [*sorted((ROOT / "src").rglob("*.py")), *sorted((ROOT / "eventstore").rglob("*.py"))]

DOORS = {"api", "bench", "cli", "development", "running", "settling", "worker"}
CORE = {
    "eventstore",
    "domain",
    "ledger",
    "documents",
    "application",
    "projections",
    "assurance",
    "archive",
    "exports",
    "adapters",
    "rendering",
    "sandbox",
}
ALLOWED: dict[str, set[str]] = {
    "eventstore": set(),
    "domain": set(),
    "ledger": {"eventstore", "domain"},
    "documents": {"domain", "ledger"},
    "application": {"eventstore", "domain", "ledger", "documents"},
    "projections": {"eventstore", "domain", "ledger", "documents", "application"},
    "assurance": {"eventstore", "domain", "ledger", "projections"},
    "adapters": {"eventstore", "domain", "ledger", "application"},
    "archive": {"ledger"},
    "exports": {"eventstore", "domain", "ledger", "documents", "application", "archive"},
    "rendering": {"eventstore", "domain", "ledger", "documents"},
    "sandbox": {"domain", "adapters"},
    "settings": set(),
    "bootstrap": CORE - {"rendering"} | {"settings"},
    **{door: CORE | DOORS | {"settings", "bootstrap"} for door in DOORS},
    "__main__": {"cli"},
    "__init__": set(),
}
VENDORS = {
    "eventsourcing": {"eventstore"},
    "stripe": {"adapters/stripe", "sandbox/demo.py", "sandbox/stripe/transport.py"},
    "dramatiq": {"adapters/queue.py"},
    "redis": {"adapters/queue.py"},
    "boto3": {"adapters/objects.py"},
    "botocore": {"adapters/objects.py"},
    "jwt": {"adapters/clerk.py", "sandbox/identity.py", "api/auth.py", "bench"},
    "pyarrow": {"archive", "exports/records.py", "bench/archive.py"},
    "duckdb": {"archive/duck.py"},
    "pyspark": {"archive/spark.py"},
    "apscheduler": {"worker.py"},
    "fastapi": {"api", "bench"},
    "click": {"cli", "sandbox/stripe/__main__.py"},
    "reportlab": {"rendering/pdf.py"},
    "rich": {"rendering/terminal.py"},
}
# What may stand outside functions and classes: definitions, and values computed from constants.
STATEMENTS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
              ast.Assign, ast.AnnAssign, ast.Expr, ast.If)  # fmt: skip


def place(path: Path) -> str:
    """`adapters/stripe.py`, `eventstore/store.py`: a module's place below its top level."""
    relative = path.relative_to(ROOT)
    return str(relative if relative.parts[0] == "eventstore" else Path(*relative.parts[2:]))


def package(path: Path) -> str:
    return place(path).split("/")[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_a_package_imports_only_what_stands_below_it(path: Path) -> None:
    own = package(path)
    for name in imports(path):
        parts = name.split(".")
        ours = parts[0] if parts[0] == "eventstore" else ""
        if parts[0] == "mywork" and len(parts) > 1:
            ours = parts[1]
        if ours and ours != own:
            assert ours in ALLOWED[own], f"{place(path)} may not import {name}"


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_a_vendor_is_imported_in_its_one_place(path: Path) -> None:
    for name in imports(path):
        places = VENDORS.get(name.split(".")[0])
        if places is not None:
            here = place(path)
            rooms = {"/".join(here.split("/")[:depth]) for depth in (1, 2, 3)}
            known = rooms | {package(path)}
            assert known & places, f"{here} may not import {name}"


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    import sys

    for path in SOURCES:
        if package(path) == "domain":
            for name in imports(path):
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names or name.startswith("mywork.domain")


# Codes of accounts and prefixes of streams, with where each is spelt out.
SPELT = {
    "domain/accounts.py": re.compile(
        r"\b(stripe|suspense|subscriptions|revenue|recovery|expense|disputes|fx):[a-z_]+\b"
        r"|\bseller:|split_part\((a\.)?code"
    ),
    "domain/streams.py": re.compile(
        r"['\"(|](user|seller|product|order|payouts|subscription|debt|movement|break|reconciliation)-['\"{(|]"
    ),
}
ELSEWHERE = {"api", "bench", "development", "documents", "sandbox"}  # examples, and a world apart


def texts(tree: ast.AST) -> Iterator[str]:
    """The texts of a module, docstrings apart, as they stand between quotes."""
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield f"'{node.value}'"


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_what_has_a_grammar_is_spelt_in_one_place(path: Path) -> None:
    if package(path) in ELSEWHERE:
        return
    for text in texts(ast.parse(path.read_text(encoding="utf-8"))):
        for home, pattern in SPELT.items():
            found = pattern.search(text)
            assert found is None or place(path) == home, f"{found} belongs to {home}"


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_modules_and_functions_can_be_taken_in(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGER.get(place(path), 310), f"{place(path)} is too long"
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno
            assert length <= 60, f"{place(path)}: {node.name} does not fit the screen"
    assert all(isinstance(statement, STATEMENTS) for statement in tree.body)


# One concept, one file: it reads top to bottom and would not be clearer in two rooms.
LONGER = {"domain/errors.py": 420}
