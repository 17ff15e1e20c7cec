"""Stripe's test cards that are imitated, and what happens to a payment made with each.

From docs.stripe.com/testing.
"""

from dataclasses import dataclass

from mywork.sandbox.stripe.errors import Json


@dataclass(frozen=True, slots=True)
class Decline:
    code: str
    decline_code: str
    message: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card that pays, unless it declines.

    `disputes` names the reasons of the disputes that follow at once, `inquiry` makes them
    inquiries; `refund` is what becomes of its refunds, a while later.
    """

    decline: Decline | None = None
    available_at_once: bool = False
    disputes: tuple[str, ...] = ()
    inquiry: bool = False
    fraud_warning: bool = False
    refund: str = ""  # succeeded: begins pending; failed: begins succeeded


# What a charge says of the card it was made with; every test card is the same Visa.
DETAILS: Json = {
    "type": "card",
    "card": {
        "brand": "visa",
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": "sandbox",
        "funding": "credit",
        "installments": None,
        "last4": "4242",
        "mandate": None,
        "network": "visa",
        "three_d_secure": None,
        "wallet": None,
    },
}
_NOT_RECEIVED = "product_not_received"

CARDS: dict[str, Card] = {
    "pm_card_visa": Card(),
    "pm_card_mastercard": Card(),
    "pm_card_amex": Card(),
    "pm_card_bypassPending": Card(available_at_once=True),
    "pm_card_pendingRefund": Card(refund="succeeded"),
    "pm_card_refundFail": Card(refund="failed"),
    "pm_card_createDispute": Card(disputes=("fraudulent",)),
    "pm_card_createDisputeProductNotReceived": Card(disputes=(_NOT_RECEIVED,)),
    "pm_card_createDisputeInquiry": Card(disputes=("fraudulent",), inquiry=True),
    "pm_card_createDisputeInquiryNotReceived": Card(disputes=(_NOT_RECEIVED,), inquiry=True),
    "pm_card_createMultipleDisputes": Card(disputes=("fraudulent", "fraudulent")),
    "pm_card_createIssuerFraudRecord": Card(fraud_warning=True),
    "pm_card_chargeDeclined": Card(
        Decline("card_declined", "generic_decline", "Your card was declined.")
    ),
    # This one can be attached to a customer; every charge is declined.
    "pm_card_chargeCustomerFail": Card(
        Decline("card_declined", "generic_decline", "Your card was declined.")
    ),
    "pm_card_chargeDeclinedInsufficientFunds": Card(
        Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
    ),
    "pm_card_chargeDeclinedExpiredCard": Card(
        Decline("expired_card", "expired_card", "Your card has expired.")
    ),
}
