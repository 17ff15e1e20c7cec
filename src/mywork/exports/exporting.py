"""An export: parts written aside, stored whole, and noted in the manifest, one after another.

Whatever is killed, the next run goes on behind the last noted part and writes the same bytes.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from eventstore.progress import Progress
from eventstore.store import EventStore
from mywork.application.ports.objects import ObjectMissing, Objects
from mywork.domain.errors import ExportDiffers, ExportExists
from mywork.exports import beancount, hledger, manifest
from mywork.exports.books import Books
from mywork.exports.form import Form, Written
from mywork.exports.manifest import Manifest, Part
from mywork.exports.plain_text import PlainText
from mywork.exports.scope import Scope
from mywork.exports.tables import Tables


@dataclass(frozen=True, slots=True)
class Export:
    """Writes to `objects`, where nothing else lies."""

    store: EventStore
    objects: Objects

    def begin(self, scope: Scope) -> Manifest:
        """Raises ExportExists where an export, whole or half, lies already."""
        if manifest.load(self.objects) is not None:
            raise ExportExists(
                "an export lies there already: resume it, or choose another place for this one"
            )
        begun = manifest.begin(scope)
        manifest.save(self.objects, begun)
        return begun

    def resume(self, scope: Scope) -> Manifest:
        """What lies there, as far as it is whole; begins if nothing does.

        The head stays where it was. Raises ExportDiffers for another format or range.
        """
        found = manifest.load(self.objects)
        if found is None:
            return self.begin(scope)
        if replace(found.scope(), head=scope.head) != scope:
            raise ExportDiffers(
                f"what lies there is {found.format} from {found.since} to {found.until}; resume it "
                "with the same format and times, or choose another place"
            )
        return found if self._whole(found) else found.without_last()

    def _whole(self, found: Manifest) -> bool:
        """Whether the last part is what the manifest says of it."""
        if not found.parts:
            return True
        part, digest = found.parts[-1], hashlib.sha256()
        try:
            for chunk in self.objects.chunks(part.key):
                digest.update(chunk)
        except ObjectMissing:
            return False
        return digest.hexdigest() == part.sha256

    def run(self, begun: Manifest, report: Progress) -> Manifest:
        """Everything that is left of an export, to its end."""
        form = form_of(self.store, begun.scope())
        while not begun.complete:
            report(begun.reached, begun.head)
            begun = self.step(form, begun)
        report(begun.head, begun.head)
        return begun

    def step(self, form: Form, begun: Manifest) -> Manifest:
        """One part more, or what ends the export."""
        part = self._part(form, begun)
        if part is not None:
            going = replace(begun, parts=(*begun.parts, part))
        else:
            files: dict[str, str] = {}
            for key, body in form.finish(begun.parts):
                self.objects.put(key, body)
                files[key] = hashlib.sha256(body).hexdigest()
            going = replace(begun, files=files, complete=True)
        manifest.save(self.objects, going)
        return going

    def _part(self, form: Form, begun: Manifest) -> Part | None:
        with TemporaryDirectory(prefix="mywork-export-") as folder:
            path = Path(folder) / "part"
            with path.open("w+b") as file:
                number = len(begun.parts) + 1
                written = form.write_part(file, after=begun.reached, number=number)
            if written is None:
                return None
            self.objects.put_file(written.key, path)
            return _noted(written, path)


def form_of(store: EventStore, scope: Scope) -> Form:
    """What writes a scope's format."""
    books = Books(store, scope)
    match scope.format:
        case "beancount":
            return PlainText(books, beancount)
        case "hledger":
            return PlainText(books, hledger)
        case "csv":
            return Tables(books)
        case "parquet":
            from mywork.exports.records import Records  # Arrow is slow to import

            return Records(books)


def export(
    store: EventStore, objects: Objects, scope: Scope, *, resume: bool, report: Progress
) -> Manifest:
    """Begin or resume an export and bring it to its end."""
    writing = Export(store, objects)
    return writing.run(writing.resume(scope) if resume else writing.begin(scope), report)


def _noted(written: Written, path: Path) -> Part:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    return Part(written.key, written.first, written.last, written.rows, size, digest)
