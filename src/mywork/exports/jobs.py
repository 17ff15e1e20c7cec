"""Exports on request: queued for the workers, written to the object store, fetched from there.

A worker holds a job by a lease that every part renews. Whoever is killed is followed by another,
which goes on behind the last part; both write the same bytes, so even two at once do no harm.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from eventstore.errors import EventStoreError
from eventstore.store import EventStore
from mywork.application.ports.exports import ExportJob, ExportProgress, ExportsTable, ExportWish
from mywork.application.ports.objects import Objects
from mywork.domain.errors import ExportNotFound, ExportNotReady, MyWorkError
from mywork.domain.identifiers import derived_id
from mywork.exports import manifest
from mywork.exports.below import Below
from mywork.exports.exporting import Export, form_of
from mywork.exports.manifest import Manifest
from mywork.exports.scope import Scope

LEASE = timedelta(minutes=5)  # a part takes seconds
TURN_SECONDS = 10  # then the next job has its turn
FAILURES = 8
_AT_ONCE = timedelta()


@dataclass(frozen=True, slots=True)
class ExportJobs:
    store: EventStore
    objects: Objects
    jobs: ExportsTable

    def request(self, scope: Scope, *, by: str, request_id: str) -> ExportJob:
        """Queue an export; the same request again is the same job."""
        job_id = derived_id("export", by, request_id)
        wish = ExportWish(job_id, scope.format, scope.head, scope.since, scope.until, by)
        self.jobs.add(wish)
        return self.find(job_id)

    def find(self, job_id: str) -> ExportJob:
        """Raises ExportNotFound."""
        job = self.jobs.find(job_id)
        if job is None:
            raise ExportNotFound(f"there is no export {job_id}")
        return job

    def page(self, *, before: int | None, limit: int) -> Sequence[ExportJob]:
        return self.jobs.page(before=before, limit=limit)

    def contents(self, job: ExportJob) -> Manifest | None:
        """What a finished export consists of; None while it is not."""
        return manifest.load(self._place(job.id)) if job.status == "completed" else None

    def file(self, job_id: str, key: str) -> Iterator[bytes]:
        """A file of a finished export, a piece at a time.

        Raises ExportNotFound, or ExportNotReady while it is being written.
        """
        job = self.find(job_id)
        found = self.contents(job)
        if found is None:
            raise ExportNotReady(f"the export is {job.status}; its files come when it is completed")
        if key != manifest.KEY and key not in {part.key for part in found.parts} | set(found.files):
            raise ExportNotFound(f"export {job_id} has no file {key}")
        return self._place(job_id).chunks(key)

    def run(self) -> int:
        """Work one job for a turn; returns how many parts were written."""
        job = self.jobs.claim(LEASE)
        if job is None:
            return 0
        try:
            return self._work(job, until=time.monotonic() + TURN_SECONDS)
        except (MyWorkError, EventStoreError) as error:
            self._missed(job, f"{type(error).__name__}: {error}")
            return 0

    def _work(self, job: ExportJob, *, until: float) -> int:
        writing = Export(self.store, self._place(job.id))
        scope = Scope(job.format, job.head, job.since, job.until)
        found, form, written = writing.resume(scope), form_of(self.store, scope), 0
        while not found.complete:
            found, written = writing.step(form, found), written + 1
            if found.complete:
                break
            late = time.monotonic() > until
            if not self.jobs.advance(job, _progress(found), _AT_ONCE if late else LEASE) or late:
                return written
        digest = hashlib.sha256(self._place(job.id).get(manifest.KEY)).hexdigest()
        self.jobs.complete(job, _progress(found), digest)
        return written

    def _missed(self, job: ExportJob, note: str) -> None:
        if job.failures + 1 >= FAILURES:
            self.jobs.fail(job, note)
        else:
            self.jobs.postpone(job, timedelta(seconds=10 * 2**job.failures), note)

    def _place(self, job_id: str) -> Objects:
        return Below(self.objects, f"exports/{job_id}/")


def _progress(found: Manifest) -> ExportProgress:
    reached = found.head if found.complete else found.reached
    return ExportProgress(reached, found.rows, len(found.parts))
