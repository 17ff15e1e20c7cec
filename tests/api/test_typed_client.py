"""Clients in TypeScript get their types from the OpenAPI document, and a linter finds no error."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from http_client import Client
from node import installed, needs_node
from waiting import GUARD_SECONDS

PACKAGES = {
    "@redocly/cli": "2.77.0",
    "openapi-fetch": "0.17.0",
    "openapi-typescript": "7.13.0",
    "typescript": "5.9.3",
}
STRICT = (
    "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--noEmit",
    "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler",
    "--lib", "es2022,dom,dom.iterable",
)  # fmt: skip
PROGRAM = Path(__file__).with_name("typed_client.ts")

pytestmark = needs_node


@pytest.fixture
def folder(client: Client, node: str, tmp_path: Path) -> Path:
    """The served document, beside the packages that read it."""
    del node
    (tmp_path / "node_modules").symlink_to(installed(PACKAGES) / "node_modules")
    (tmp_path / "openapi.json").write_bytes(client.http.get("/openapi.json").content)
    return tmp_path


def run(folder: Path, command: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [folder / "node_modules" / ".bin" / command, *arguments],
        cwd=folder,
        env=os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )


def errors(folder: Path) -> int:
    lint = ("lint", "--extends=recommended", "--format=json", "openapi.json")
    totals: dict[str, int] = json.loads(run(folder, "redocly", *lint).stdout)["totals"]
    return totals["errors"]


def test_a_linter_finds_no_error(folder: Path) -> None:
    assert errors(folder) == 0
    document = folder / "openapi.json"
    document.write_text(document.read_text().replace('"placeOrder"', '"getOrder"'))
    assert errors(folder) == 1


def test_a_client_compiles_without_an_assertion_and_knows_every_word(folder: Path) -> None:
    """Also that one with a misspelt status does not, nor one that has left a status out."""
    done = run(folder, "openapi-typescript", "openapi.json", "--output", "api.d.ts")
    assert done.returncode == 0, done.stderr
    program = PROGRAM.read_text(encoding="utf-8")
    (folder / "right.ts").write_text(program)
    (folder / "misspelt.ts").write_text(program.replace('"partially_refunded"', '"part_refunded"'))
    (folder / "short.ts").write_text(program.replace('    case "expired":\n', ""))
    said = run(folder, "tsc", *STRICT, "right.ts", "misspelt.ts", "short.ts").stdout
    wrong = {line.partition("(")[0]: line for line in said.splitlines() if ": error " in line}
    assert wrong.keys() == {"misspelt.ts", "short.ts"}, said
    assert "Type '\"part_refunded\"' is not comparable to type" in said
    assert "Argument of type '\"expired\"' is not assignable to parameter of type 'never'" in said
