"""What sellers have, and what a run of payouts would do."""

from collections.abc import Sequence
from typing import Any

from mywork.application.payouts.forecast import Waiting
from mywork.application.payouts.run import PayoutDecision
from mywork.domain.money import Money, decimal_text
from mywork.projections.documents import moment
from mywork.rendering.terminal import console, print_json, table_of

STAGES = (
    "pending",
    "reserve",
    "refunding",
    "disputed",
    "available",
    "receivable",
    "in_payout",
    "paid_out",
)


def seller_balances(balances: Sequence[tuple[str, str, dict[str, int]]]) -> None:
    """Rows of seller, currency and minor units by life stage; stages that stand empty are not."""
    usual = {"pending", "available", "paid_out"}
    standing = {stage for _, _, amounts in balances for stage, minor in amounts.items() if minor}
    stages = [stage for stage in STAGES if stage in usual | standing]
    table = table_of("Sellers", ("seller", "currency"), tuple(s.replace("_", " ") for s in stages))
    for seller, currency, amounts in balances:
        table.add_row(
            seller, currency, *(decimal_text(amounts.get(stage, 0), currency) for stage in stages)
        )
    console().print(table)


def payout_decisions(decisions: Sequence[PayoutDecision], *, as_json: bool = False) -> None:
    if as_json:
        print_json([_decision(decision) for decision in decisions])
        return
    table = table_of("Payouts", ("seller",), ("available", "pays", "waits"), ("because",))
    for decision in decisions:
        paid, currency = decision.requested, decision.balance.currency
        pays = str(Money(paid.amount_minor, currency)) if paid else ""
        rows = [("", str(decision.refusal))] if decision.refusal else []
        rows += [_waiting(part, currency) for part in decision.waiting]
        first, *rest = rows or [("", "")]
        table.add_row(decision.seller_id, str(decision.balance), pays, *first)
        for row in rest:
            table.add_row("", "", "", *row)
    console().print(table if decisions else "no seller is owed anything")


def _waiting(part: Waiting, currency: str) -> tuple[str, str]:
    until = f" until {part.until:%Y-%m-%d}" if part.until else ""
    amount = Money(part.amount_minor, currency)
    return str(amount), part.reason.replace("_", " ") + until


def _decision(decision: PayoutDecision) -> dict[str, Any]:
    return {
        "seller": decision.seller_id,
        "currency": decision.balance.currency,
        "available_minor": decision.balance.amount_minor,
        "payout_minor": decision.requested.amount_minor if decision.requested else 0,
        "why_not": str(decision.refusal or ""),
        "waiting": [
            {"reason": part.reason, "amount_minor": part.amount_minor, "until": moment(part.until)}
            for part in decision.waiting
        ],
    }
