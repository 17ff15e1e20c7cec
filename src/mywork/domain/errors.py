"""What can go wrong, at a glance.

Refusal                     the caller may fix it; nothing was changed
├── InvalidInput            a value that can never be right
│   ├── MoneyInvalid            an amount that is malformed, too precise or out of range
│   ├── CurrencyUnsupported     a currency we do not sell in
│   ├── CurrencyDiffers         an amount in another currency than what it is asked of
│   ├── TimeRangeInvalid        a time range that ends before it begins
│   ├── PeriodInvalid           not an accounting period
│   ├── FeeScheduleInvalid      fees that cannot be read, or that exceed a price
│   ├── ExportInvalid           an export of no format or stretch of time that there is
│   ├── FileMalformed           a file that cannot be read, with the line
│   ├── FileForAnotherAccount   a statement of an account that is not ours
│   ├── PlaceInvalid            a page that follows none of ours
│   ├── TierUnknown             a subscription tier that we do not have
│   └── TextInvalid             a text that is too short, too long, or not one of the choices
├── NotFound                it does not exist, or the caller may not see it
│   ├── SellerNotFound · ProductNotFound · OrderNotFound · PayoutNotFound · BreakNotFound
│   ├── AdjustmentNotFound        a balance transaction that we have not read
│   ├── RefundNotFound · DisputeNotFound · DrillNotFound
│   ├── SubscriptionNotFound · InvoiceNotFound
│   ├── ExportNotFound
│   ├── VersionNotFound         a month was not closed as often as that
│   ├── EventNotFound           an event of the history
│   └── AccountNotFound · EntryNotFound   of the ledger
├── NotAllowed              the caller's role does not permit it
└── NotPossibleNow          the life stage does not permit it; the sentence says what would
    ├── AlreadyExists           a second time under the same name
    ├── OwnProduct              a seller buying from themselves
    ├── ProductNotForSale       not published
    ├── SellerNotOnboarded      Stripe does not let this seller receive money yet
    ├── OrderNotPayable         expired, paid or free
    ├── HoldNotOver             funds are not due for release or availability yet
    ├── ReleaseStopped          an open dispute keeps funds from being released
    ├── OrderNotRefundable      free, unpaid or expired: there is nothing to give back
    ├── RefundExceedsPayment    more than what refunds and disputes have left of the payment
    ├── RefundWindowOver        too late for buyer and seller; an admin still can
    ├── RefundNotPending        the refund was decided already
    ├── OrderDisputed           the bank has taken the money back already
    ├── DisputeNotOpen · EvidenceTooLate
    ├── NothingToPayOut · BalanceNegative · PayoutBelowMinimum · PayoutInFlight · PayoutUnderWay
    ├── SellerPaused · SellerHasOpenBreak · PaidOnRequest
    ├── DebtInsufficient · WriteOffNotProposed · SecondPersonNeeded
    ├── AlreadySubscribed       one subscription at a time
    ├── SubscriptionNotActive   it must be paid for before its plan can change
    ├── PlanChangePending       Stripe has not answered the change before
    ├── NothingToResume         neither cancelled nor paused
    ├── PeriodNotOver           a month is closed once it has ended
    ├── PeriodNotReady          something of the checklist fails, by name
    ├── PeriodNotClosed · LaterPeriodClosed · ReopeningNotProposed
    ├── InsufficientFunds       an account would fall below its bound
    ├── ExportExists            something lies where an export was to be written
    ├── ExportDiffers           what is to be resumed is another export
    ├── ExportNotReady          it is not written yet
    ├── SigningKeyNotInUse      another key signs the heads of history
    ├── HistoryNotSealed        no signed head covers it yet
    ├── DrillUnderWay           one replay drill at a time
    └── BreakNotOpen · BreakNotResolved · ResolutionInvalid
Unforeseen                  a fact from outside that our books did not expect; never lost
├── PredecessorMissing      it builds on a fact that has not arrived: retry it later
└── PaymentDisagrees        money that does not match its order: it becomes a break
Conflict                    somebody else was first, repeatedly: try again
"""


class MyWorkError(Exception):
    """Base of every error of ours. The message is a sentence for people."""


class Refusal(MyWorkError):
    """The caller may fix it; nothing was changed."""


class InvalidInput(Refusal):
    """A value that can never be right."""


class MoneyInvalid(InvalidInput):
    """An amount that is malformed, too precise for its currency, or out of range."""


class CurrencyUnsupported(InvalidInput):
    """A currency we do not sell in."""


class CurrencyDiffers(InvalidInput):
    """An amount in another currency than the payment that it is asked of."""


class TimeRangeInvalid(InvalidInput):
    """A range of time that does not end after it begins."""


class FeeScheduleInvalid(InvalidInput):
    """Fees that cannot be read, or that exceed a price."""


class PeriodInvalid(InvalidInput):
    """Not an accounting period: a month such as 2026-10."""


class FileMalformed(InvalidInput):
    """A file that is not what it should be; the message names the line, and nothing was done."""


class FileForAnotherAccount(InvalidInput):
    """A statement of an account that is not one of ours."""


class TextInvalid(InvalidInput):
    """A text that is too short, too long, or not one of the choices."""


class ExportInvalid(InvalidInput):
    """An export of no format or stretch of time that there is."""


class PlaceInvalid(InvalidInput):
    """A place in a list that no page of ours has named."""


class TierUnknown(InvalidInput):
    """A subscription tier that we do not have."""


class NotFound(Refusal):
    """It does not exist, or the caller may not see it."""


class SellerNotFound(NotFound):
    """No such seller."""


class ProductNotFound(NotFound):
    """No such product."""


class OrderNotFound(NotFound):
    """No such order."""


class PayoutNotFound(NotFound):
    """No such payout in this stream."""


class BreakNotFound(NotFound):
    """No such break."""


class AdjustmentNotFound(NotFound):
    """No such adjustment of Stripe's balance."""


class RefundNotFound(NotFound):
    """No such refund of this order."""


class DisputeNotFound(NotFound):
    """No such dispute."""


class SubscriptionNotFound(NotFound):
    """The user has no subscription."""


class InvoiceNotFound(NotFound):
    """No such paid invoice of this user."""


class ExportNotFound(NotFound):
    """No such export."""


class VersionNotFound(NotFound):
    """The month was not closed as often as that."""


class EventNotFound(NotFound):
    """No event stands at this position of the history."""


class DrillNotFound(NotFound):
    """No such replay drill."""


class AccountNotFound(NotFound):
    """No such ledger account."""


class EntryNotFound(NotFound):
    """An event that posted nothing, or does not exist."""


class NotAllowed(Refusal):
    """The caller's role does not permit it."""


class NotPossibleNow(Refusal):
    """The life stage does not permit it."""


class AlreadyExists(NotPossibleNow):
    """Something with that name is there already."""


class OwnProduct(NotPossibleNow):
    """Sellers cannot buy their own products."""


class ProductNotForSale(NotPossibleNow):
    """The product is not published."""


class SellerNotOnboarded(NotPossibleNow):
    """Stripe does not let this seller receive money yet."""


class OrderNotPayable(NotPossibleNow):
    """The order is expired, paid, free or not yet due."""


class HoldNotOver(NotPossibleNow):
    """The money is not due yet."""


class ReleaseStopped(NotPossibleNow):
    """An open dispute or inquiry keeps the money from being released."""


class OrderNotRefundable(NotPossibleNow):
    """The order was free, never paid, or expired: there is nothing to give back."""


class RefundExceedsPayment(NotPossibleNow):
    """More than refunds and disputes have left of the payment."""


class RefundWindowOver(NotPossibleNow):
    """Too late for the buyer and the seller; an admin may still refund."""


class RefundNotPending(NotPossibleNow):
    """The refund was decided already."""


class OrderDisputed(NotPossibleNow):
    """The buyer's bank has taken the money back; a refund would pay the buyer twice."""


class DisputeNotOpen(NotPossibleNow):
    """The dispute was closed."""


class EvidenceTooLate(NotPossibleNow):
    """The bank takes no more evidence."""


class NothingToPayOut(NotPossibleNow):
    """The available balance is zero or negative."""


class BalanceNegative(NothingToPayOut):
    """Refunds and disputes took more than was there; it is carried forward."""


class PayoutBelowMinimum(NotPossibleNow):
    """The available balance is below the currency's payout minimum."""


class PayoutInFlight(NotPossibleNow):
    """One payout at a time for each seller and currency."""


class PayoutUnderWay(NotPossibleNow):
    """The payout is past, or not yet at, the stage that this asks for."""


class SellerPaused(NotPossibleNow):
    """Payouts of this seller are paused until a person releases them."""


class SellerHasOpenBreak(NotPossibleNow):
    """Something about this seller's money is not explained yet."""


class PaidOnRequest(NotPossibleNow):
    """The seller chose to be paid on request, so no scheduled run pays them."""


class DebtInsufficient(NotPossibleNow):
    """More was to be written off than is owed."""


class WriteOffNotProposed(NotPossibleNow):
    """There is no proposal of this amount to approve."""


class SecondPersonNeeded(NotPossibleNow):
    """What takes two people is approved by somebody other than who proposed it."""


class AlreadySubscribed(NotPossibleNow):
    """The user has a subscription, or has asked for one."""


class SubscriptionNotActive(NotPossibleNow):
    """The subscription is not paid for, so its plan cannot change now."""


class PlanChangePending(NotPossibleNow):
    """A change of plan awaits Stripe's answer."""


class NothingToResume(NotPossibleNow):
    """The subscription is neither cancelled nor paused."""


class PeriodNotOver(NotPossibleNow):
    """The month has not ended, so it cannot be closed."""


class PeriodNotReady(NotPossibleNow):
    """Something of the month is not settled or explained; the sentence names what."""


class PeriodNotClosed(NotPossibleNow):
    """The month is open, so there is nothing to reopen."""


class LaterPeriodClosed(NotPossibleNow):
    """Months are reopened in the reverse order of their closing."""


class ReopeningNotProposed(NotPossibleNow):
    """There is no proposal to reopen this month that could be approved."""


class SigningKeyNotInUse(NotPossibleNow):
    """A key would sign heads of history that is not, or no longer, the one in use."""


class HistoryNotSealed(NotPossibleNow):
    """No signed head covers what is asked of the history."""


class InsufficientFunds(NotPossibleNow):
    """An account would fall below its bound."""


class ExportExists(NotPossibleNow):
    """Something lies where an export was to be written."""


class ExportDiffers(NotPossibleNow):
    """What lies where an export is to be resumed is another export, or none."""


class ExportNotReady(NotPossibleNow):
    """The export is not written yet, or was given up."""


class DrillUnderWay(NotPossibleNow):
    """A replay drill waits or runs already: there is one at a time."""


class BreakNotOpen(NotPossibleNow):
    """The break has been resolved."""


class BreakNotResolved(NotPossibleNow):
    """The break is open, so there is nothing to open again."""


class ResolutionInvalid(NotPossibleNow):
    """The resolution does not explain the money in suspense."""


class Unforeseen(MyWorkError):
    """A fact from outside that our books did not expect; it is kept, never refused."""


class PredecessorMissing(Unforeseen):
    """The fact builds on one that has not arrived yet."""


class PaymentDisagrees(Unforeseen):
    """The payment does not match its order."""


class Conflict(MyWorkError):
    """Other writers were first, again and again; the same command may be sent again."""
