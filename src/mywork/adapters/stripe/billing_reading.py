"""Reading Billing's JSON: subscriptions as snapshots, invoices with their charge and lines."""

from collections.abc import Sequence

from mywork.adapters.stripe.amounts import from_stripe
from mywork.adapters.stripe.reading import Json, id_of, metadata, moment, money
from mywork.application.ports.billing import FoundInvoice, FoundSubscription
from mywork.domain.identifiers import UserId
from mywork.domain.subscription.contract_messages import Snapshot
from mywork.domain.subscription.invoice_messages import Line
from mywork.domain.subscription.plans import TIERS, Tier


def found_subscription(found: Json) -> FoundSubscription:
    """Raises ValueError for more than one item, or a price that is of no tier of ours."""
    if len(found["items"]["data"]) != 1:
        raise ValueError(f"{found['id']} has not exactly one item")
    (item,) = found["items"]["data"]
    currency, unit_minor = money(item["price"], "unit_amount")
    cancels_at, ended_at = found.get("cancel_at"), found.get("ended_at")
    snapshot = Snapshot(
        subscription_id=found["id"],
        customer_id=id_of(found["customer"]),
        request_id=metadata(found, "request_id"),
        tier=_tier(item["price"]),
        currency=currency,
        price_minor=unit_minor * item.get("quantity", 1),
        status=found["status"],
        period_start=moment(item["current_period_start"]),
        period_end=moment(item["current_period_end"]),
        cancels_at=moment(cancels_at) if cancels_at else None,
        ended_at=moment(ended_at) if ended_at else None,
        end_reason=(found.get("cancellation_details") or {}).get("reason") or "",
    )
    return FoundSubscription(UserId(metadata(found, "user_id")), snapshot)


def _tier(price: Json) -> Tier:
    tier = metadata(price, "tier")
    if tier not in TIERS:
        raise ValueError(f"the price {price['id']} names no tier of ours in its metadata")
    return tier


def found_invoice(found: Json, lines: Sequence[Json]) -> FoundInvoice:
    """What was charged is what its payment says; the rest came from the customer's balance."""
    details = (found.get("parent") or {}).get("subscription_details") or {}
    currency, amount_minor = money(found, "amount_paid")
    used = (found.get("ending_balance") or 0) - found["starting_balance"]
    paid_at = found["status_transitions"]["paid_at"]
    return FoundInvoice(
        invoice_id=found["id"],
        user_id=UserId(metadata(details, "user_id")),
        subscription_id=id_of(details.get("subscription")),
        charge_id=_charge(found) if amount_minor else "",
        currency=currency,
        amount_minor=amount_minor,
        credit_minor=from_stripe(used, currency),
        lines=tuple(_line(line) for line in lines),
        paid_at=moment(paid_at) if paid_at else None,
    )


def _charge(invoice: Json) -> str:
    """The one charge that paid it; raises ValueError where several did, or none."""
    paid = [one["payment"] for one in invoice["payments"]["data"] if one["status"] == "paid"]
    charges = {
        id_of(payment.get("charge") or (payment.get("payment_intent") or {}).get("latest_charge"))
        for payment in paid
    }
    if len(charges) != 1:
        raise ValueError(f"{invoice['id']} was paid by {len(charges)} charges, not by one")
    return charges.pop()


def _line(line: Json) -> Line:
    """Discounts are taken off where they are given; tax is not sold here."""
    currency, amount_minor = money(line, "amount")
    discounts = sum(part["amount"] for part in line.get("discount_amounts") or ())
    return Line(
        line_id=line["id"],
        amount_minor=amount_minor - from_stripe(discounts, currency),
        period_start=moment(line["period"]["start"]),
        period_end=moment(line["period"]["end"]),
    )
