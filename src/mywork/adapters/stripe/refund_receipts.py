"""What a refund's webhook means. The object is a snapshot, so each event tells all it knows.

Times come from the object where it has them, never from whichever event came first: so the order
of arrival does not show in the books.
"""

from mywork.adapters.stripe.reading import Json, id_of, metadata, moment, money
from mywork.application.ports.meaning import Commands, Decidable, Ignored, Placeable
from mywork.domain.breaks.return_messages import FailReturn, RecordReturn
from mywork.domain.charge.state import RefundOutcome
from mywork.domain.identifiers import BreakId, OrderId, RefundId, UserId
from mywork.domain.order.refund_messages import ConcludeRefund, RecordRefund
from mywork.domain.subscription.invoice_messages import ConcludeInvoiceRefund, RecordInvoiceRefund


def told(event: Json) -> Placeable:
    """Placed by its charge: a refund made in Stripe's dashboard names nothing of ours."""
    refund = event["data"]["object"]

    def in_stream(stream: str) -> Decidable:
        match stream.partition("-"):
            case "order", _, identifier:
                return _of_order(event, OrderId(identifier))
            case "subscription", _, identifier:
                return _of_subscription(event, UserId(identifier))
            case "break", _, identifier:
                return _of_break(event, BreakId(identifier))
            case _:
                return Ignored(f"{stream} has no refunds")

    return Placeable(id_of(refund["charge"]), in_stream)


def _of_order(event: Json, order_id: OrderId) -> Commands:
    refund = event["data"]["object"]
    currency, amount_minor = money(refund, "amount")
    recorded = RecordRefund(
        order_id=order_id,
        stripe_refund_id=refund["id"],
        refund_id=RefundId(metadata(refund, "refund_id")),
        currency=currency,
        amount_minor=amount_minor,
        at=moment(refund["created"]),
    )
    outcome = _outcome(event)
    if outcome is None:
        return Commands((recorded,))
    concluded = ConcludeRefund(
        order_id=order_id,
        stripe_refund_id=refund["id"],
        outcome=outcome,
        failure_reason=refund.get("failure_reason") or "",
        at=moment(event["created"]),
    )
    return Commands((recorded, concluded))


def _of_break(event: Json, break_id: BreakId) -> Commands:
    """Money that nobody may keep goes back; that it arrived changes nothing."""
    refund = event["data"]["object"]
    currency, amount_minor = money(refund, "amount")
    recorded = RecordReturn(
        break_id, refund["id"], currency, amount_minor, moment(refund["created"])
    )
    if _outcome(event) in {"failed", "canceled"}:
        failed = FailReturn(break_id, refund["id"], moment(event["created"]))
        return Commands((recorded, failed))
    return Commands((recorded,))


def _of_subscription(event: Json, user_id: UserId) -> Commands:
    refund = event["data"]["object"]
    currency, amount_minor = money(refund, "amount")
    recorded = RecordInvoiceRefund(
        user_id=user_id,
        stripe_refund_id=refund["id"],
        charge_id=id_of(refund["charge"]),
        currency=currency,
        amount_minor=amount_minor,
        at=moment(refund["created"]),
    )
    outcome = _outcome(event)
    if outcome is None:
        return Commands((recorded,))
    concluded = ConcludeInvoiceRefund(
        user_id=user_id,
        stripe_refund_id=refund["id"],
        outcome=outcome,
        failure_reason=refund.get("failure_reason") or "",
        at=moment(event["created"]),
    )
    return Commands((recorded, concluded))


def _outcome(event: Json) -> RefundOutcome | None:
    """A failure is told twice; only the event of its own sets the time."""
    match event["data"]["object"]["status"], event["type"]:
        case "succeeded", _:
            return "succeeded"
        case "canceled", "refund.updated":
            return "canceled"
        case "failed", "refund.failed":
            return "failed"
        case _:
            return None
