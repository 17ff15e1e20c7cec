"""Tests that need Node: run where it is, skipped with a word where it is not, never so in CI."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import node as nodes
import pytest
from node import installed, needs_node

IN_CI = bool(os.environ.get("CI"))


@needs_node
def test_packages_are_installed_once_at_their_versions(
    node: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "PACKAGES", tmp_path)
    folder = installed({"escape-html": "1.0.3"})
    code = "console.log(require('escape-html')('<'), require('escape-html/package').version)"
    said = subprocess.run(
        [node, "-e", code], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    assert said == "&lt; 1.0.3\n"
    (folder / "kept").touch()
    assert (installed({"escape-html": "1.0.3"}) / "kept").exists()


@pytest.fixture
def refusing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Asking an npm that cannot install anything for a package."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no such version' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(nodes, "PACKAGES", tmp_path / "packages")
    return lambda: installed({"escape-html": "0.0.0"})


def test_what_npm_cannot_install_is_said_and_tried_again(
    refusing: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match="no such version"):
            refusing()


def test_in_ci_nothing_is_skipped_for_want_of_a_package(
    refusing: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no such version"):
        refusing()


@pytest.mark.skipif(not IN_CI, reason="this is not CI")
def test_ci_has_node() -> None:
    assert shutil.which("node")
    assert shutil.which("npm")
