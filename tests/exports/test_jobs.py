"""Exports on request: worked by whoever lives, exactly once, and fetched when they are whole."""

import hashlib
from datetime import timedelta
from typing import Any

import orjson
import pytest
from marketplace import Marketplace

from mywork.application.ports.exports import ExportJob
from mywork.application.ports.objects import StorageUnavailable
from mywork.domain.errors import ExportNotFound, ExportNotReady
from mywork.exports import jobs as exports_jobs
from mywork.exports import plain_text
from mywork.exports.jobs import ExportJobs
from mywork.exports.scope import scope_of

FIN = "user_fin"


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_text, "ENTRIES_A_PART", 10)


def asked(marketplace: Marketplace, request_id: str = "1") -> ExportJob:
    scope = scope_of("beancount", head=marketplace.core.store.head())
    return marketplace.core.export_jobs.request(scope, by=FIN, request_id=request_id)


def change(marketplace: Marketplace, statement: str) -> None:
    with marketplace.core.store.transaction() as cursor:
        cursor.execute(statement)


def read(export_jobs: ExportJobs, job: ExportJob, key: str) -> bytes:
    return b"".join(export_jobs.file(job.id, key))


def test_what_is_asked_for_is_written_and_fetched(traded: Marketplace) -> None:
    export_jobs = traded.core.export_jobs
    job = asked(traded)
    assert (job.status, job.reached, job.requested_by) == ("waiting", 0, FIN)
    with pytest.raises(ExportNotReady, match="the export is waiting"):
        read(export_jobs, job, "books.beancount")
    assert export_jobs.run() > 3
    done = export_jobs.find(job.id)
    assert (done.status, done.reached, done.note) == ("completed", job.head, "")
    assert done.rows > 0
    listed = orjson.loads(read(export_jobs, job, "manifest.json"))
    assert hashlib.sha256(read(export_jobs, job, "manifest.json")).hexdigest() == done.sha256
    for part in listed["parts"]:
        assert hashlib.sha256(read(export_jobs, job, part["key"])).hexdigest() == part["sha256"]
    with pytest.raises(ExportNotFound, match="has no file"):
        read(export_jobs, job, "../secret")
    with pytest.raises(ExportNotFound, match="there is no export x"):
        export_jobs.file("x", "manifest.json")


def test_asking_again_is_asking_once(traded: Marketplace) -> None:
    job = asked(traded)
    assert asked(traded) == job
    other = asked(traded, "2")
    assert [found.id for found in traded.core.export_jobs.page(before=None, limit=9)] == [
        other.id,
        job.id,
    ]
    traded.core.export_jobs.run()
    traded.core.export_jobs.run()
    assert traded.core.export_jobs.run() == 0
    assert asked(traded).status == "completed"


class Killed(BaseException):
    pass


def test_another_worker_goes_on_behind_the_last_part(
    traded: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_jobs, job = traded.core.export_jobs, asked(traded)
    whole = asked(traded, "2")
    written: list[Any] = []

    def advance(*given: Any) -> bool:
        written.append(given)
        if len(written) == 2:
            raise Killed
        return True

    monkeypatch.setattr(type(export_jobs.jobs), "advance", advance)
    with pytest.raises(Killed):
        export_jobs.run()
    monkeypatch.undo()
    monkeypatch.setattr(plain_text, "ENTRIES_A_PART", 10)
    export_jobs.run()  # the other one; the first is leased
    assert [found.status for found in export_jobs.page(before=None, limit=9)] == [
        "completed",
        "waiting",
    ]
    assert export_jobs.run() == 0
    change(traded, "UPDATE operations.exports SET due_at = now()")  # the lease is over
    assert 0 < export_jobs.run() < export_jobs.find(whole.id).parts
    first, second = export_jobs.find(job.id), export_jobs.find(whole.id)
    assert (first.status, first.sha256) == ("completed", second.sha256)


def test_a_long_export_lets_others_have_their_turn(
    traded: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports_jobs, "TURN_SECONDS", -1)
    export_jobs, jobs = traded.core.export_jobs, [asked(traded), asked(traded, "2")]
    for _ in range(2):
        assert export_jobs.run() == 1
    assert [export_jobs.find(job.id).parts for job in jobs] == [1, 1]
    while export_jobs.run():
        pass
    assert {export_jobs.find(job.id).status for job in jobs} == {"completed"}


def test_whose_lease_was_taken_over_changes_nothing(traded: Marketplace) -> None:
    jobs = traded.core.export_jobs.jobs
    asked(traded)
    first = jobs.claim(timedelta())
    second = jobs.claim(timedelta(minutes=1))
    assert first is not None
    assert second is not None
    assert jobs.claim(timedelta(minutes=1)) is None
    assert not jobs.fail(first, "late")
    assert not jobs.postpone(first, timedelta(), "late")
    assert jobs.fail(second, "in time")
    assert traded.core.export_jobs.find(first.id).note == "in time"


def test_a_store_that_is_away_is_tried_again_and_given_up_at_last(traded: Marketplace) -> None:
    class Away:
        def get(self, key: str) -> bytes:
            raise StorageUnavailable(f"{key}: nobody answers")

    objects: Any = Away()
    export_jobs = ExportJobs(traded.core.store, objects, traded.core.export_jobs.jobs)
    job = asked(traded)
    for failures in range(1, exports_jobs.FAILURES + 1):
        assert export_jobs.run() == 0
        found = export_jobs.find(job.id)
        assert found.failures == failures
        assert "StorageUnavailable: exports/" in found.note
        change(traded, "UPDATE operations.exports SET due_at = now()")
    assert found.status == "failed"
    assert export_jobs.run() == 0
    with pytest.raises(ExportNotReady, match="the export is failed"):
        export_jobs.file(job.id, "manifest.json")
