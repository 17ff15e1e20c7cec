"""What an event asks of a vendor: each call is a value, and its fields are all that it needs."""

from dataclasses import dataclass

from mywork.domain.identifiers import BreakId, OrderId, PayoutId, RefundId, SellerId, UserId


@dataclass(frozen=True, slots=True)
class CancelPaymentIntent:
    payment_intent_id: str


@dataclass(frozen=True, slots=True)
class CreateRefund:
    """`amount_minor` in the currency that the buyer paid in."""

    order_id: OrderId
    refund_id: RefundId
    payment_intent_id: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReturnPayment:
    """Of all the money that a break keeps and nobody may."""

    break_id: BreakId
    charge_id: str


@dataclass(frozen=True, slots=True)
class CreateTransfer:
    """`number` counts how often this payout was sent off."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    number: int


@dataclass(frozen=True, slots=True)
class CreateBankPayout:
    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    attempt: int


@dataclass(frozen=True, slots=True)
class ReverseTransfer:
    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    number: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class AlignSubscription:
    """Whatever the user wants of it now."""

    user_id: UserId


@dataclass(frozen=True, slots=True)
class SendNotice:
    """To whoever the event at this place must be told."""

    stream: str
    version: int


Call = (
    CancelPaymentIntent
    | CreateRefund
    | ReturnPayment
    | CreateTransfer
    | CreateBankPayout
    | ReverseTransfer
    | AlignSubscription
    | SendNotice
)
