"""Replay drills: asked for, scheduled, one at a time, kept and published; a difference is told."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from audited import lived
from lives import Lives
from marketplace import START, Marketplace
from waiting import GUARD_SECONDS

from eventstore.errors import StoreUnavailable
from mywork import bootstrap
from mywork.adapters.operations.replay_verifications import Verifications
from mywork.application.commands import envelope
from mywork.application.ports.objects import StorageUnavailable
from mywork.application.scheduled.replay_verification import ReplayVerification, week_of
from mywork.documents.drills import Drill, SealedHead
from mywork.domain.breaks.explanation_messages import BreakOpened, ResolveBreak
from mywork.domain.errors import DrillNotFound, DrillUnderWay
from mywork.settings import Secret, Settings

FORGED = "UPDATE ledger.accounts SET balance_minor = -1 WHERE code = 'revenue:commission'"


@pytest.fixture
def drilling(marketplace: Marketplace, lives: Lives) -> ReplayVerification:
    lives.live(marketplace, lived)
    return marketplace.core.replay_verification


def forge(marketplace: Marketplace) -> None:
    with psycopg.connect(marketplace.core.store.url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(FORGED)


# One drill ------------------------------------------------------------------------------------


def test_a_drill_is_kept_with_what_it_found_and_published(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    found = drilling.run("user_auditor")
    assert (found.status, found.asked_by) == ("passed", "user_auditor")
    assert found == drilling.find(found.id)
    assert drilling.latest(10) == [found]
    assert found.replayed is not None
    assert found.replayed.position == marketplace.core.store.head()
    stored = marketplace.core.outside.objects.get(f"drills/{found.id}.json")
    assert msgspec.json.decode(stored, type=Drill) == found.document()
    assert marketplace.events(BreakOpened) == []


def test_a_difference_opens_one_break_and_finance_is_told(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    forge(marketplace)
    found = drilling.run("user_auditor")
    assert found.status == "differs"
    assert drilling.run("user_auditor").status == "differs"
    (opened,) = marketplace.events(BreakOpened)
    assert (opened.kind, opened.object_id) == ("history_differs", found.id)
    assert opened.detail == (
        "ledger.accounts revenue:commission USD: balance_minor is -1, replayed -5980"
    )


def test_a_difference_that_was_explained_and_comes_again_is_open_again(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    forge(marketplace)
    drilling.run("user_auditor")
    (opened,) = marketplace.events(BreakOpened)
    explained = ResolveBreak(opened.break_id, "", "it was mended", marketplace.clock.now())
    marketplace.core.handler.handle(envelope(explained, actor="user_fin"))
    drilling.run("user_auditor")
    assert len(marketplace.events(BreakOpened)) == 2


def test_a_drill_that_cannot_be_done_is_failed_and_says_why(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    def away(**_: Any) -> Any:
        raise StoreUnavailable("the database went away")

    core = marketplace.core
    broken = ReplayVerification(
        Verifications(core.store),
        core.handler,
        away,
        objects=core.outside.objects,
        clock=core.outside.clock,
    )
    with pytest.raises(StoreUnavailable):
        broken.run("user_auditor")
    (failed,) = drilling.latest(10)
    assert (failed.status, failed.replayed) == ("failed", None)
    assert failed.note == "StoreUnavailable: the database went away"
    assert drilling.run("user_auditor").status == "passed"


def test_a_drill_that_never_was_is_not_found(drilling: ReplayVerification) -> None:
    with pytest.raises(DrillNotFound, match="nothing"):
        drilling.find("nothing")


def test_drills_are_listed_newest_first_page_by_page(drilling: ReplayVerification) -> None:
    ids = [drilling.run("user_auditor").id for _ in range(3)]
    page = drilling.latest(2)
    assert [drill.id for drill in page] == [ids[2], ids[1]]
    assert [drill.id for drill in drilling.latest(2, before=ids[1])] == [ids[0]]


def test_a_drill_bears_the_head_of_the_history_that_it_replayed(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    assert drilling.run("user_auditor").document().head is None
    head = marketplace.core.sealing.sign()
    assert head is not None
    found = drilling.run("user_auditor").document()
    assert found.head == SealedHead(size=head.size, root=head.root.hex())


# One at a time --------------------------------------------------------------------------------


def test_the_second_is_refused_by_name_while_one_waits(drilling: ReplayVerification) -> None:
    asked = drilling.ask("user_auditor")
    assert asked.status == "waiting"
    with pytest.raises(DrillUnderWay, match=asked.id):
        drilling.ask("user_fin")
    assert [drill.id for drill in drilling.latest(10)] == [asked.id]
    done = drilling.run_due()
    assert done is not None
    assert (done.id, done.status) == (asked.id, "passed")


def test_the_second_is_refused_by_name_while_one_runs(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    refused: list[str] = []

    def meanwhile(*_: int) -> None:
        for attempt in (drilling.run, drilling.ask):
            with pytest.raises(DrillUnderWay) as caught:
                attempt("user_fin")
            refused.append(str(caught.value))
        assert drilling.run_due() is None

    found = drilling.run("user_auditor", progress=meanwhile)
    assert found.status == "passed"
    assert all(found.id in sentence for sentence in refused)
    assert len(refused) == 2
    assert len(drilling.latest(10)) == 1


def die_in_the_middle(url: str) -> None:
    settings = Settings(
        database_url=Secret(url),
        stripe_secret_key=Secret("sk_test_drill"),
        clerk_jwks_url="http://127.0.0.1:9/jwks",
    )
    with closing(bootstrap.build(settings)) as core:
        core.replay_verification.run(
            "user_killed", progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        )


def test_a_drill_that_was_killed_is_ended_by_the_next(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=die_in_the_middle, args=(marketplace.core.store.url,)
    )
    process.start()
    process.join(GUARD_SECONDS)
    assert process.exitcode == -signal.SIGKILL
    (killed,) = drilling.latest(10)
    assert (killed.asked_by, killed.status) == ("user_killed", "running")
    while (found := run_unless_busy(drilling)) is None:
        pass
    assert found.status == "passed"
    ended = drilling.find(killed.id)
    assert (ended.status, ended.note) == ("failed", "it was killed before it had an answer")


def run_unless_busy(drilling: ReplayVerification) -> Any:
    """PostgreSQL needs a moment to see that a session's process is gone."""
    try:
        return drilling.run("user_auditor")
    except DrillUnderWay:
        return None


# By the schedule ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-22T03:00:00", "2026-11-22"),  # a Sunday
        ("2026-11-22T02:59:59", "2026-11-15"),
        ("2026-11-25T12:00:00", "2026-11-22"),
        ("2026-11-29T02:00:00", "2026-11-22"),
    ],
)
def test_a_week_begins_on_sunday_night(now: str, week: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert week_of(moment) == datetime.fromisoformat(week).replace(hour=3, tzinfo=UTC)


def test_the_schedule_runs_one_drill_a_week_whoever_asks_first(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    ran = [drilling.run_due() for _ in range(3)]
    assert [drill is not None for drill in ran] == [True, False, False]
    marketplace.advance(days=7)
    marketplace.settle()
    assert drilling.run_due() is not None
    assert drilling.run_due() is None
    assert {drill.asked_by for drill in drilling.latest(10)} == {"schedule"}


def test_two_processes_do_not_both_have_the_week(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    table, moment = Verifications(marketplace.core.store), marketplace.clock.now()
    first = replace(drilling.run("user_auditor"), id="first", status="waiting", replayed=None)
    assert table.ask(first, week=week_of(moment))
    table.save(replace(first, status="failed", finished_at=moment))
    assert not table.ask(replace(first, id="second"), week=week_of(moment + timedelta(hours=1)))
    assert drilling.run_due() is None


# Publishing -----------------------------------------------------------------------------------


class Away:
    """An object store that does not answer."""

    def put(self, *_: Any, **__: Any) -> Any:
        raise StorageUnavailable("no answer")


def test_what_cannot_be_published_is_published_later(
    drilling: ReplayVerification, marketplace: Marketplace
) -> None:
    core, absent = marketplace.core, Away()
    objects: Any = absent
    cut_off = ReplayVerification(
        Verifications(core.store),
        core.handler,
        drilling._replay,
        objects=objects,
        clock=core.outside.clock,
    )
    found = cut_off.run("user_auditor")
    assert found.status == "passed"
    assert list(core.outside.objects.list("drills/")) == []
    drilling.run_due()
    keys = [stored.key for stored in core.outside.objects.list("drills/")]
    assert f"drills/{found.id}.json" in keys


@pytest.fixture
def finished(
    drilling: ReplayVerification, marketplace: Marketplace
) -> Iterator[psycopg.Connection[Any]]:
    drilling.run("user_auditor")
    with psycopg.connect(marketplace.core.store.url) as connection:
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE operations.drills SET status = 'differs'",
        "UPDATE operations.drills SET published_at = now()",
        "DELETE FROM operations.drills",
        "TRUNCATE operations.drills",
    ],
)
def test_what_a_drill_found_is_kept_as_it_is(
    finished: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(psycopg.DatabaseError) as caught:
        finished.execute(statement.encode())
    assert caught.value.sqlstate == "ES002"


def test_what_begins_is_the_present_of_the_clock(drilling: ReplayVerification) -> None:
    found = drilling.run("user_auditor")
    assert found.started_at is not None
    assert found.started_at >= START
