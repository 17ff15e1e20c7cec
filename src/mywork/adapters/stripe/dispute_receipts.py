"""What a dispute's webhook means: its opening, each of its transactions, and its end.

Every event carries the whole dispute, so any of them tells what those before it told; an older
one that comes late tells nothing new.
"""

from collections.abc import Iterator

from mywork.adapters.stripe.reading import Json, id_of, moment, money
from mywork.application.ports.meaning import Commands, Decidable, Ignored, Placeable
from mywork.domain.charge.state import DisputeOutcome
from mywork.domain.identifiers import DisputeId, OrderId, UserId
from mywork.domain.order.dispute_messages import (
    CloseDispute,
    OpenDispute,
    RecordFraudWarning,
    ReinstateDispute,
    WithdrawDispute,
)
from mywork.domain.subscription.dispute_messages import (
    CloseInvoiceDispute,
    MoveInvoiceDispute,
    OpenInvoiceDispute,
)

OfOrder = OpenDispute | WithdrawDispute | ReinstateDispute | CloseDispute
OfSubscription = OpenInvoiceDispute | MoveInvoiceDispute | CloseInvoiceDispute

_OUTCOMES: dict[str, DisputeOutcome] = {
    "won": "won",
    "lost": "lost",
    "warning_closed": "inquiry_closed",
    "prevented": "prevented",
}


def told(event: Json) -> Placeable:
    dispute = event["data"]["object"]

    def in_stream(stream: str) -> Decidable:
        match stream.partition("-"):
            case "order", _, identifier:
                return Commands(tuple(_of_order(event, OrderId(identifier))))
            case "subscription", _, identifier:
                return Commands(tuple(_of_subscription(event, UserId(identifier))))
            case _:
                return Ignored(f"{stream} has no disputes")

    return Placeable(id_of(dispute["charge"]), in_stream)


def _of_order(event: Json, order_id: OrderId) -> Iterator[OfOrder]:
    dispute = event["data"]["object"]
    yield _opened(dispute, order_id)
    for transaction in sorted(dispute["balance_transactions"], key=lambda t: t["created"]):
        yield _moved(dispute, transaction, order_id)
    outcome = _OUTCOMES.get(dispute["status"])
    if outcome is not None and event["type"] == "charge.dispute.closed":
        moved = tuple(str(transaction["id"]) for transaction in dispute["balance_transactions"])
        yield CloseDispute(
            order_id, DisputeId(dispute["id"]), outcome, moment(event["created"]), moved
        )


def _opened(dispute: Json, order_id: OrderId) -> OpenDispute:
    due_by = (dispute.get("evidence_details") or {}).get("due_by")
    currency, amount_minor = money(dispute, "amount")
    return OpenDispute(
        order_id=order_id,
        dispute_id=DisputeId(dispute["id"]),
        charge_id=id_of(dispute["charge"]),
        currency=currency,
        amount_minor=amount_minor,
        reason=dispute["reason"],
        inquiry=dispute["status"].startswith("warning_"),
        evidence_due_by=moment(due_by) if due_by else None,
        at=moment(dispute["created"]),
    )


def _moved(
    dispute: Json, transaction: Json, order_id: OrderId
) -> WithdrawDispute | ReinstateDispute:
    currency, amount_minor = money(transaction, "amount")
    _, fee_minor = money(transaction, "fee")
    if amount_minor < 0:
        return WithdrawDispute(
            order_id=order_id,
            dispute_id=DisputeId(dispute["id"]),
            transaction_id=transaction["id"],
            currency=currency,
            amount_minor=-amount_minor,
            fee_minor=fee_minor,
            at=moment(transaction["created"]),
        )
    return ReinstateDispute(
        order_id=order_id,
        dispute_id=DisputeId(dispute["id"]),
        transaction_id=transaction["id"],
        currency=currency,
        amount_minor=amount_minor,
        fee_minor=-fee_minor,
        at=moment(transaction["created"]),
    )


def _of_subscription(event: Json, user_id: UserId) -> Iterator[OfSubscription]:
    dispute = event["data"]["object"]
    dispute_id = DisputeId(dispute["id"])
    currency, amount_minor = money(dispute, "amount")
    yield OpenInvoiceDispute(
        user_id=user_id,
        dispute_id=dispute_id,
        charge_id=id_of(dispute["charge"]),
        currency=currency,
        amount_minor=amount_minor,
        reason=dispute["reason"],
        inquiry=dispute["status"].startswith("warning_"),
        at=moment(dispute["created"]),
    )
    for transaction in sorted(dispute["balance_transactions"], key=lambda t: t["created"]):
        moved = money(transaction, "amount")
        at = moment(transaction["created"])
        yield MoveInvoiceDispute(user_id, dispute_id, transaction["id"], *moved, at)
    outcome = _OUTCOMES.get(dispute["status"])
    if outcome is not None and event["type"] == "charge.dispute.closed":
        at = moment(event["created"])
        yield CloseInvoiceDispute(user_id, dispute_id, outcome, at)


def warned(event: Json) -> Placeable:
    """An issuer's early fraud warning."""
    warning = event["data"]["object"]

    def in_stream(stream: str) -> Decidable:
        category, _, identifier = stream.partition("-")
        if category != "order":
            return Ignored(f"{stream} keeps no fraud warnings")
        recorded = RecordFraudWarning(
            order_id=OrderId(identifier),
            warning_id=warning["id"],
            charge_id=id_of(warning["charge"]),
            fraud_type=warning["fraud_type"],
            actionable=bool(warning["actionable"]),
            at=moment(warning["created"]),
        )
        return Commands((recorded,))

    return Placeable(id_of(warning["charge"]), in_stream)
