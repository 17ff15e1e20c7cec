"""Debts: overdue, paid by later money the oldest first, given up by two people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from events import AT, EXAMPLES
from scenario import Scenario

from mywork.domain.debt import DEBT, ApproveWriteOff, ProposeWriteOff, ReclassifyDebt, RecoupDebt
from mywork.domain.errors import (
    DebtInsufficient,
    MoneyInvalid,
    SecondPersonNeeded,
    TextInvalid,
    WriteOffNotProposed,
)

SINCE = AT - timedelta(days=31)
RECLASSIFIED: Any = EXAMPLES["debt.reclassified.v1"]  # 50.00
RECOUPED: Any = EXAMPLES["debt.recouped.v1"]  # 20.00
PROPOSED: Any = EXAMPLES["debt.write_off_proposed.v1"]  # 30.00
WRITTEN_OFF: Any = EXAMPLES["debt.written_off.v1"]
RECOVERED: Any = EXAMPLES["debt.write_off_recovered.v1"]  # 10.00

nothing = Scenario(DEBT)
owed = nothing.given(RECLASSIFIED)
proposed = owed.given(PROPOSED)
given_up = proposed.given(WRITTEN_OFF)  # 20.00 are still owed, 30.00 are written off

RECLASSIFY: Any = ReclassifyDebt("ada", "USD", 5_000, -6_000, 0, SINCE, AT)
RECOUP: Any = RecoupDebt("ada", "USD", 2_000, AT)
PROPOSE: Any = ProposeWriteOff("ada", "USD", 3_000, "the seller has gone", "user_fin", AT)
APPROVE: Any = ApproveWriteOff("ada", "USD", 3_000, "user_boss", AT)


def test_what_is_overdue_becomes_a_debt() -> None:
    nothing.when(RECLASSIFY).then(RECLASSIFIED)
    nothing.when(replace(RECLASSIFY, overdue_minor=0)).nothing_new()


def test_no_more_becomes_a_debt_than_all_accounts_of_the_seller_are_negative() -> None:
    (event,) = nothing.when(replace(RECLASSIFY, total_minor=-4_000)).events()
    assert event.amount_minor == 4_000
    nothing.when(replace(RECLASSIFY, total_minor=0)).nothing_new()
    nothing.when(replace(RECLASSIFY, total_minor=900)).nothing_new()


def test_figures_that_are_out_of_date_make_no_debt() -> None:
    owed.when(RECLASSIFY).nothing_new()
    (event,) = owed.when(replace(RECLASSIFY, owed_minor=5_000)).events()
    assert event.amount_minor == 5_000


def test_later_money_pays_the_debt() -> None:
    owed.when(RECOUP).then(RECOUPED)
    (event,) = owed.when(replace(RECOUP, available_minor=9_000)).events()
    assert event.amount_minor == 5_000
    for available_minor in (0, -100):
        owed.when(replace(RECOUP, available_minor=available_minor)).nothing_new()
    nothing.when(RECOUP).nothing_new()


def test_later_money_pays_what_is_owed_before_what_was_given_up() -> None:
    everything = replace(RECOUP, available_minor=9_000)
    given_up.when(everything).then(RECOUPED, replace(RECOVERED, amount_minor=3_000))
    given_up.when(RECOUP).then(RECOUPED)
    partly = given_up.given(RECOUPED, RECOVERED)
    partly.when(everything).then(replace(RECOVERED, amount_minor=2_000))
    partly.given(replace(RECOVERED, amount_minor=2_000)).when(everything).nothing_new()


def test_the_oldest_part_is_paid_first() -> None:
    later = replace(RECLASSIFIED, amount_minor=700, since=SINCE + timedelta(days=40))
    state = DEBT.fold([RECLASSIFIED, later, replace(RECOUPED, amount_minor=5_100)])
    assert state.parts == ((later.since, 600),)
    assert (state.owed_minor, state.claimed_minor) == (600, 600)


def test_proposing_a_write_off() -> None:
    owed.when(PROPOSE).then(PROPOSED)
    owed.when(replace(PROPOSE, amount_minor=5_001)).refused(DebtInsufficient, r"50\.00 USD is owed")
    owed.when(replace(PROPOSE, amount_minor=0)).refused(MoneyInvalid)
    owed.when(replace(PROPOSE, amount_minor=-1)).refused(MoneyInvalid)
    owed.when(replace(PROPOSE, reason="")).refused(TextInvalid, "say why")
    nothing.when(PROPOSE).refused(DebtInsufficient)
    proposed.when(PROPOSE).nothing_new()
    proposed.when(replace(PROPOSE, amount_minor=1_000)).then(replace(PROPOSED, amount_minor=1_000))


def test_a_write_off_takes_two_people() -> None:
    proposed.when(APPROVE).then(WRITTEN_OFF)
    proposed.when(replace(APPROVE, approved_by="user_fin")).refused(SecondPersonNeeded)
    owed.when(APPROVE).refused(WriteOffNotProposed, "propose it first")
    proposed.when(replace(APPROVE, amount_minor=2_999)).refused(WriteOffNotProposed, r"30\.00")
    given_up.when(APPROVE).nothing_new()
    given_up.when(replace(APPROVE, approved_by="somebody")).refused(WriteOffNotProposed)


def test_what_was_paid_meanwhile_cannot_be_given_up() -> None:
    paid = proposed.given(replace(RECOUPED, amount_minor=2_500))
    paid.when(APPROVE).refused(DebtInsufficient, r"25\.00 USD is owed")


def test_a_new_proposal_replaces_the_old_one() -> None:
    anew = proposed.given(replace(PROPOSED, amount_minor=1_000, proposed_by="user_boss"))
    anew.when(replace(APPROVE, amount_minor=1_000)).refused(SecondPersonNeeded)
    (event,) = anew.when(replace(APPROVE, amount_minor=1_000, approved_by="user_fin")).events()
    assert (event.proposed_by, event.approved_by) == ("user_boss", "user_fin")
