"""Debts: a seller hears that a balance is called in, finance that somebody must agree."""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notifications.notice import FINANCE, Notice, Write, amount
from mywork.documents.wording import day
from mywork.domain.debt import DebtReclassified, WriteOffProposed


def _reclassified(event: DebtReclassified, _: Sequence[Any]) -> Sequence[Notice]:
    owed = amount(event.amount_minor, event.currency)
    text = (
        f"Your balance has been below zero since {day(event.since)}: you owe us {owed}.\n"
        "What you sell from now on pays it first; nothing else is asked of you."
    )
    return (Notice(event.seller_id, f"You owe us {owed}", text),)


def _proposed(event: WriteOffProposed, _: Sequence[Any]) -> Sequence[Notice]:
    owed = amount(event.amount_minor, event.currency)
    text = (
        f"{event.proposed_by} proposes to give up {owed} that {event.seller_id} owes us: "
        f"{event.reason}\nAnother person must agree."
    )
    return (Notice(FINANCE, f"Give up {owed}?", text),)


NOTICES: Mapping[type, Write] = {
    DebtReclassified: _reclassified,
    WriteOffProposed: _proposed,
}
