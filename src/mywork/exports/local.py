"""An export to this machine: a folder of parts, or one file that is made of them at the end.

While a file is being made its parts lie in a folder beside it, so `--resume` finds them; the file
itself appears only when it is whole.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eventstore.progress import Progress
from eventstore.store import EventStore
from mywork.application.ports.objects import Objects
from mywork.domain.errors import ExportExists
from mywork.exports.exporting import export, form_of
from mywork.exports.manifest import KEY, Manifest
from mywork.exports.scope import Scope
from mywork.exports.tables import ACCOUNTS

FolderOf = Callable[[Path], Objects]


@dataclass(frozen=True, slots=True)
class Output:
    """`path` was written: a file, or a folder with what the manifest lists."""

    path: Path
    manifest: Manifest


def export_to_path(
    store: EventStore,
    scope: Scope,
    path: Path,
    *,
    folder_of: FolderOf,
    resume: bool,
    report: Progress,
) -> Output:
    """One file for the plain-text formats, and for a CSV whose name ends so; else a folder.

    An existing folder is written into. Raises ExportExists for a place that is taken.
    """
    if not _one_file(scope, path):
        if path.is_file():
            raise ExportExists(f"{path} is a file; this export needs a folder")
        return Output(path, export(store, folder_of(path), scope, resume=resume, report=report))
    beside = path.with_name(f".{path.name}.parts")
    if not resume:
        shutil.rmtree(beside, ignore_errors=True)
    objects = folder_of(beside)
    found = export(store, objects, scope, resume=resume, report=report)
    _assemble(store, found, objects, path)
    if scope.format == "csv":
        shutil.copyfile(beside / ACCOUNTS, path.with_name(f"{path.stem}-{ACCOUNTS}"))
    shutil.rmtree(beside)
    return Output(path, found)


def _one_file(scope: Scope, path: Path) -> bool:
    if scope.format == "parquet" or path.is_dir() or (path / KEY).exists():
        return False
    return scope.format != "csv" or path.suffix == ".csv"


def _assemble(store: EventStore, found: Manifest, objects: Objects, path: Path) -> None:
    """Written under another name, so that a half file never has this one."""
    aside = path.with_name(f".{path.name}.writing")
    try:
        with aside.open("wb") as file:
            parts = (objects.chunks(part.key) for part in found.parts)
            for chunk in form_of(store, found.scope()).whole(parts):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
