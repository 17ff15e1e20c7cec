"""Disputes: chargebacks take their money at once, inquiries take none until they are escalated.

The texts `winning_evidence`, `losing_evidence` and `escalate_inquiry_evidence` decide a dispute a
while after they were submitted (docs.stripe.com/testing); other evidence waits for the control
plane. A chargeback that is not answered by its deadline is lost; an inquiry closes after 120 days.
"""

from dataclasses import dataclass

from mywork.sandbox.stripe import events, evidence, radar, terms, withdrawals
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import World

DEADLINE, DECISION = "dispute.deadline", "dispute.decision"
CLOSED = frozenset({"won", "lost", "warning_closed"})
_OPEN_INQUIRY = frozenset({"warning_needs_response", "warning_under_review"})
_DAY_SECONDS = 86_400
_ANSWER_DAYS, _INQUIRY_DAYS = 8, 120
_NETWORK_CODES = {  # Visa's
    "credit_not_processed": "13.6",
    "duplicate": "12.6",
    "fraudulent": "10.4",
    "product_not_received": "13.1",
    "product_unacceptable": "13.3",
    "subscription_canceled": "13.2",
    "unrecognized": "10.4",
}
REASONS = frozenset({*_NETWORK_CODES, "general", "noncompliant", "customer_initiated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a bank claims: the unrefunded rest of the charge unless it names an amount.

    An amount may go beyond that rest, up to the charge: banks do that too.
    """

    amount: int | None = None
    reason: str = "fraudulent"
    inquiry: bool = False


# Opening ------------------------------------------------------------------------------------


def open_(world: World, account: str, charge: Json, opening: Opening) -> Json:
    _check(opening, charge)
    if not opening.inquiry:
        withdrawals.fail_refunds_under_way(world, account, charge)
    rest = charge["amount_captured"] - charge["amount_refunded"]
    amount = rest if opening.amount is None else opening.amount
    if not amount:
        raise invalid("The charge was refunded; a dispute of it has to name its amount.")
    dispute = _dispute(world, charge, amount, opening)
    charge["disputed"] = True
    world.put(account, "charge", charge)
    world.put(account, "dispute", dispute)
    if not opening.inquiry:
        withdrawals.take(world, account, dispute)
    events.emit(world, account, "charge.dispute.created", dispute)
    if not opening.inquiry:
        events.emit(world, account, "charge.dispute.funds_withdrawn", dispute)
    _await_answer(world, account, dispute)
    radar.reconsider(world, account, charge)
    return dispute


def _check(opening: Opening, charge: Json) -> None:
    captured, amount = charge["amount_captured"], opening.amount
    if amount is not None and (type(amount) is not int or not 0 < amount <= captured):
        raise invalid(f"a dispute is of 1 to {captured}", param="amount")
    if opening.reason not in REASONS:
        raise invalid(f"reason is one of {', '.join(sorted(REASONS))}", param="reason")


def _dispute(world: World, charge: Json, amount: int, opening: Opening) -> Json:
    code = "10" if opening.inquiry else _NETWORK_CODES.get(opening.reason)
    card = {"brand": "visa", "network": "visa", "network_reason_code": code}
    card["case_type"] = "inquiry" if opening.inquiry else "chargeback"
    return {
        "id": world.new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": evidence.none(),
        "evidence_details": {
            "due_by": _end_of_day(world.now() + _ANSWER_DAYS * _DAY_SECONDS),
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": opening.inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": code,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": card, "type": "card"},
        "reason": opening.reason,
        "status": "warning_needs_response" if opening.inquiry else "needs_response",
    }


def _end_of_day(at: int) -> int:
    """23:59:59 UTC."""
    return at // _DAY_SECONDS * _DAY_SECONDS + _DAY_SECONDS - 1


def _await_answer(world: World, account: str, dispute: Json) -> None:
    inquiry_ends = dispute["created"] + _INQUIRY_DAYS * _DAY_SECONDS
    inquiry = dispute["status"] in _OPEN_INQUIRY
    at = inquiry_ends if inquiry else dispute["evidence_details"]["due_by"]
    world.later(at + 1, DEADLINE, account, dispute["id"])


# Answering ----------------------------------------------------------------------------------


def update(world: World, account: str, params: Json) -> Json:
    """POST /v1/disputes/{id}: evidence is submitted unless `submit` is false."""
    dispute = _still_open(world, account, params["id"])
    given = params.get("evidence") or {}
    dispute["evidence"] = evidence.added(dispute["evidence"], given)
    metadata = dispute["metadata"] | (params.get("metadata") or {})
    dispute["metadata"] = {name: text for name, text in metadata.items() if text != ""}
    details = dispute["evidence_details"]
    details["has_evidence"] = any(dispute["evidence"].values())
    submitted = bool(given or "submit" in params) and params.get("submit", "true") == "true"
    if submitted:
        details["submission_count"] += 1
        details["submission_method"] = "manual"
        details["past_due"] = world.now() > details["due_by"]
        warning = "warning_" if dispute["status"] in _OPEN_INQUIRY else ""
        dispute["status"] = f"{warning}under_review"
        at = world.now() + terms.terms(world)["outcome_seconds"]
        world.later(at, DECISION, account, dispute["id"])
    world.put(account, "dispute", dispute)
    events.emit(world, account, "charge.dispute.updated", dispute)
    return dispute


def close_request(world: World, account: str, params: Json) -> Json:
    """POST /v1/disputes/{id}/close: the dispute is accepted, so lost; it cannot be undone."""
    dispute = _still_open(world, account, params["id"])
    if dispute["status"] in _OPEN_INQUIRY:
        return close_inquiry(world, account, dispute["id"])
    return lose(world, account, dispute["id"])


def _still_open(world: World, account: str, identifier: str) -> Json:
    dispute = world.find(account, "dispute", identifier)
    if dispute["status"] in CLOSED:
        raise invalid("This dispute is already closed")
    return dispute


# Deciding -----------------------------------------------------------------------------------


def decide(world: World, account: str, identifier: str) -> None:
    """The bank has read the evidence, if it was one of Stripe's test texts."""
    dispute = world.find(account, "dispute", identifier)
    text, status = dispute["evidence"]["uncategorized_text"], dispute["status"]
    if status == "warning_under_review":
        if text == evidence.ESCALATES:
            escalate(world, account, identifier)
        elif text in {evidence.WINS, evidence.LOSES}:
            close_inquiry(world, account, identifier)
    elif status == "under_review" and text == evidence.WINS:
        win(world, account, identifier)
    elif status == "under_review" and text == evidence.LOSES:
        lose(world, account, identifier)


def miss_deadline(world: World, account: str, identifier: str) -> None:
    """Nobody answered in time; a dispute that was escalated since has a later deadline."""
    dispute = world.find(account, "dispute", identifier)
    if dispute["status"] == "needs_response":
        if world.now() > dispute["evidence_details"]["due_by"]:
            lose(world, account, identifier)
    elif dispute["status"] in _OPEN_INQUIRY:
        close_inquiry(world, account, identifier)


def win(world: World, account: str, identifier: str, amount: int | None = None) -> Json:
    """The money comes back, or a part of it; the fee where the terms say so."""
    dispute = _chargeback(world, account, identifier)
    back = dispute["amount"] if amount is None else amount
    if type(back) is not int or not 0 < back <= dispute["amount"]:
        raise invalid(f"a dispute is won for 1 to {dispute['amount']}", param="amount")
    dispute |= {"status": "won", "is_charge_refundable": True}
    withdrawals.give_back(world, account, dispute, back)
    events.emit(world, account, "charge.dispute.funds_reinstated", dispute)
    return _end(world, account, dispute)


def lose(world: World, account: str, identifier: str) -> Json:
    return _end(world, account, _chargeback(world, account, identifier) | {"status": "lost"})


def close_inquiry(world: World, account: str, identifier: str) -> Json:
    """It ends without a chargeback."""
    return _end(world, account, _inquiry(world, account, identifier) | {"status": "warning_closed"})


def escalate(world: World, account: str, identifier: str) -> Json:
    """An inquiry becomes a chargeback: now the money is taken, unless all was refunded."""
    dispute = _inquiry(world, account, identifier)
    charge = world.find(account, "charge", dispute["charge"])
    withdrawals.fail_refunds_under_way(world, account, charge)
    if charge["refunded"]:
        return close_inquiry(world, account, identifier)
    code = _NETWORK_CODES.get(dispute["reason"])
    card = dispute["payment_method_details"]["card"]
    card |= {"case_type": "chargeback", "network_reason_code": code}
    due_by = _end_of_day(world.now() + _ANSWER_DAYS * _DAY_SECONDS)
    dispute["evidence_details"] |= {"due_by": due_by, "past_due": False}
    dispute |= {"is_charge_refundable": False, "network_reason_code": code}
    dispute["status"] = "needs_response"
    withdrawals.take(world, account, dispute)
    events.emit(world, account, "charge.dispute.updated", dispute)
    events.emit(world, account, "charge.dispute.funds_withdrawn", dispute)
    _await_answer(world, account, dispute)
    return dispute


def _chargeback(world: World, account: str, identifier: str) -> Json:
    dispute = _still_open(world, account, identifier)
    if dispute["status"] in _OPEN_INQUIRY:
        raise invalid("This is an inquiry: escalate it or close it.")
    return dispute


def _inquiry(world: World, account: str, identifier: str) -> Json:
    dispute = _still_open(world, account, identifier)
    if dispute["status"] not in _OPEN_INQUIRY:
        raise invalid("This is a chargeback: it is won or lost.")
    return dispute


def _end(world: World, account: str, dispute: Json) -> Json:
    world.put(account, "dispute", dispute)
    events.emit(world, account, "charge.dispute.closed", dispute)
    return dispute
