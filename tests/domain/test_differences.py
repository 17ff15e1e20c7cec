"""Differences that reconciliation finds, and what people do with breaks of any kind."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from events import AT, EXAMPLES
from scenario import Scenario
from transactions import moved

from mywork.domain.breaks.decider import BREAK
from mywork.domain.breaks.difference_messages import (
    CORRECTABLE,
    DifferenceKind,
    EndDifference,
    Figures,
    FindDifference,
)
from mywork.domain.breaks.explanation_messages import (
    AssignBreak,
    BreakAssigned,
    BreakReopened,
    BreakResolved,
    ReopenBreak,
    ResolveBreak,
)
from mywork.domain.breaks.settlement_messages import MakeBreakFundsAvailable, SettleBreak
from mywork.domain.errors import (
    BreakNotFound,
    BreakNotOpen,
    BreakNotResolved,
    HoldNotOver,
    PredecessorMissing,
    ResolutionInvalid,
)

FOUND: Any = EXAMPLES["break.difference_found.v1"]
ENDED: Any = EXAMPLES["break.difference_ended.v1"]
CORRECTED: Any = EXAMPLES["break.difference_corrected.v1"]
ID = FOUND.break_id
FIND: Any = FindDifference(
    ID, "fee_differs", "ch_1", "txn_1", "USD", 897, FOUND.concerns, FOUND.detail, FOUND.evidence, AT
)  # type: ignore[arg-type]  # fmt: skip
END: Any = EndDifference(ID, "both sides say the same", AT)
RESOLVE: Any = ResolveBreak(ID, "", "Stripe's support explained", AT)
EXPLAINED: Any = BreakResolved(ID, "ch_1", "USD", 0, "", "Stripe's support explained")
CORRECT: Any = replace(RESOLVE, account="expense:processing", reason="it was taken once")
BORNE: Any = replace(EXPLAINED, account="expense:processing", reason="it was taken once")

nothing = Scenario(BREAK)
found = nothing.given(FOUND)


# Finding and ending --------------------------------------------------------------------------


def test_a_difference_is_found_once() -> None:
    nothing.when(FIND).then(FOUND)
    found.when(FIND).nothing_new()


def test_other_figures_are_news_and_keep_the_owner() -> None:
    dearer = replace(FIND, amount_minor=1_794)
    found.when(dearer).then(replace(FOUND, amount_minor=1_794))
    owned = found.given(BreakAssigned(ID, "user_fin"), replace(FOUND, amount_minor=1_794))
    owned.when(AssignBreak(ID, "user_fin", AT)).nothing_new()


def test_it_ends_when_it_has_gone_and_may_come_again() -> None:
    found.when(END).then(ENDED)
    ended = found.given(ENDED)
    ended.when(END).nothing_new()
    ended.when(FIND).then(FOUND)
    nothing.when(END).refused(BreakNotFound)


def test_what_a_person_explained_stays_explained_until_it_changes() -> None:
    explained = found.given(EXPLAINED)
    explained.when(FIND).nothing_new()
    explained.when(END).then(ENDED)
    explained.given(ENDED).when(FIND).then(FOUND)
    found.given(CORRECTED, BORNE).when(END).nothing_new()
    explained.when(replace(FIND, amount_minor=1)).then(replace(FOUND, amount_minor=1))


def test_balances_that_go_on_differ_by_the_same() -> None:
    balance = replace(FOUND, kind="balance_differs")
    later = Figures("USD", 50_000, 0, AT)
    again = replace(
        FIND, kind="balance_differs", evidence=replace(FOUND.evidence, theirs=later, ours=later)
    )
    nothing.given(balance).when(again).nothing_new()
    (news,) = nothing.given(balance).when(replace(again, amount_minor=1)).events()
    assert news.amount_minor == 1


# Resolving -----------------------------------------------------------------------------------


def test_it_is_explained_without_an_entry() -> None:
    found.when(RESOLVE).then(EXPLAINED)
    found.when(replace(RESOLVE, reason=" ")).refused(ResolutionInvalid, "reason")
    found.given(ENDED).when(RESOLVE).refused(BreakNotOpen)


def test_an_account_bears_what_corrects_the_books() -> None:
    found.when(CORRECT).then(CORRECTED, BORNE)
    found.when(replace(CORRECT, account="nowhere")).refused(ResolutionInvalid, "account is one of")


@pytest.mark.parametrize("kind", get_args(DifferenceKind))
def test_only_some_kinds_can_be_corrected(kind: Any) -> None:
    of_kind = nothing.given(replace(FOUND, kind=kind))
    if kind in CORRECTABLE:
        (corrected, _) = of_kind.when(CORRECT).events()
        assert corrected.corrected == CORRECTABLE[kind]
    else:
        of_kind.when(CORRECT).refused(ResolutionInvalid, "no entry sets")


def test_what_moves_no_balance_needs_no_correction() -> None:
    same = replace(FOUND.evidence, ours=FOUND.evidence.theirs)
    nothing.given(replace(FOUND, evidence=same)).when(CORRECT).refused(
        ResolutionInvalid, "nothing to correct"
    )
    line = nothing.given(replace(FOUND, kind="bank_line_unexplained"))
    line.when(replace(CORRECT, account="bank")).refused(ResolutionInvalid, "what is wrong")


def test_a_difference_is_no_payment() -> None:
    settle: Any = SettleBreak(ID, moved("txn_9", "charge", "ch_9", 29_900, AT))
    found.when(settle).refused(PredecessorMissing)
    found.when(MakeBreakFundsAvailable(ID, AT)).nothing_new()
    early = nothing.given(replace(EXAMPLES["break.opened.v1"], available_on=AT))
    early.when(MakeBreakFundsAvailable("ch_9", AT.replace(hour=1))).refused(  # type: ignore[arg-type]
        HoldNotOver
    )


# Owners --------------------------------------------------------------------------------------


def test_somebody_looks_after_a_break() -> None:
    assign = AssignBreak(ID, "user_fin", AT)
    found.when(assign).then(BreakAssigned(ID, "user_fin"))
    owned = found.given(BreakAssigned(ID, "user_fin"))
    owned.when(assign).nothing_new()
    owned.when(replace(assign, owner="")).then(BreakAssigned(ID, ""))
    found.given(ENDED).when(assign).refused(BreakNotOpen)
    nothing.when(assign).refused(BreakNotFound)


# Reopening -----------------------------------------------------------------------------------

REOPEN: Any = ReopenBreak(ID, "it was taken twice", AT)


def test_a_correction_is_taken_back_exactly() -> None:
    back = BreakReopened(
        ID, "ch_1", "txn_1", "USD", 897, "stripe:available", "expense:processing",
        "it was taken twice",
    )  # fmt: skip
    corrected = found.given(CORRECTED, BORNE)
    corrected.when(REOPEN).then(back)
    corrected.given(back).when(REOPEN).refused(BreakNotResolved)
    corrected.given(back).when(CORRECT).then(CORRECTED, BORNE)


def test_money_goes_back_to_suspense() -> None:
    reopen: Any = ReopenBreak("ch_9", "it was never refunded", AT)  # type: ignore[arg-type]
    settled: Any = EXAMPLES["break.settled.v1"]
    resolved = nothing.given(EXAMPLES["break.opened.v1"], settled, EXAMPLES["break.resolved.v1"])
    resolved.when(reopen).then(EXAMPLES["break.reopened.v1"])
    again = resolved.given(EXAMPLES["break.reopened.v1"])
    resolve: Any = ResolveBreak("ch_9", "capital", "ours", AT)  # type: ignore[arg-type]
    (moved,) = again.when(resolve).events()
    assert (moved.suspense_minor, moved.account) == (29_900, "capital")


def test_a_fact_that_was_written_off_waits_again() -> None:
    late: Any = replace(
        EXAMPLES["break.opened.v1"], break_id="uncleared-ch_1-USD", kind="unsettled_fact",
        object_id="ch_1",
    )  # fmt: skip
    closed: Any = replace(
        EXPLAINED, break_id="uncleared-ch_1-USD", account="expense:bad_debt", reason="lost"
    )
    written_off = nothing.given(late, EXAMPLES["break.fact_written_off.v1"], closed)
    reopen: Any = ReopenBreak(closed.break_id, "it came", AT)
    (back,) = written_off.when(reopen).events()
    moved = (back.source, back.account, back.amount_minor)
    assert moved == ("stripe:uncleared", "expense:bad_debt", -29_900)


def test_an_explanation_without_an_entry_has_nothing_to_give_back() -> None:
    (back,) = found.given(EXPLAINED).when(REOPEN).events()
    assert (back.amount_minor, back.source, back.account) == (0, "", "")
    found.given(EXPLAINED).when(replace(REOPEN, reason=" ")).refused(ResolutionInvalid, "reason")
    found.when(REOPEN).refused(BreakNotResolved)
    nothing.when(REOPEN).refused(BreakNotFound)
