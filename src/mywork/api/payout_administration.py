"""What admins decide about payouts and debts; each with a reason, recorded under their name."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import made
from mywork.api.auth import Admin
from mywork.api.documentation import documented
from mywork.api.exact import DecimalText
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.handle import Outcome
from mywork.bootstrap.core import Core
from mywork.documents.debts import WriteOffDecision, WriteOffStatus
from mywork.documents.document import Document, money
from mywork.documents.payouts import DecidedPayout
from mywork.documents.sellers import SellerPayouts
from mywork.domain.identifiers import PayoutId, SellerId, UserId
from mywork.domain.money import parse

router = APIRouter(prefix="/admin", tags=["admin"], route_class=StrictRoute)


class Why(Strict):
    model_config = example_of({"reason": "an identity check is open"})

    reason: str = Field(min_length=1, max_length=2000)


class WriteOff(Strict):
    model_config = example_of({"amount": "30.00", "currency": "USD", "reason": "the seller left"})

    amount: DecimalText
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["USD"])
    reason: str = Field(min_length=1, max_length=2000)


class WriteOffApproval(Strict):
    model_config = example_of({"amount": "30.00", "currency": "USD"})

    amount: DecimalText = Field(description="What was proposed: it may have changed since.")
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["USD"])


# Sellers ------------------------------------------------------------------------------------


@router.post(
    "/sellers/{seller_id}/pause",
    summary="Pause a seller's payouts",
    responses=documented(SellerPayouts, 401, 403, 404, 503),
)
def pause_payouts(request: Request, seller_id: str, body: Why, user: Admin) -> Response:
    """Nothing is paid, whoever asks, until somebody releases them. The seller sees the reason."""
    administration = request.app.state.core.payout_administration
    outcome = administration.pause(_seller(seller_id), reason=body.reason, by=user.user_id)
    return _made(request, SellerPayouts(id=seller_id, payouts="paused"), outcome)


@router.post(
    "/sellers/{seller_id}/release",
    summary="Let a paused seller's payouts go on",
    responses=documented(SellerPayouts, 401, 403, 404, 503),
)
def release_payouts(request: Request, seller_id: str, body: Why, user: Admin) -> Response:
    """What was held goes on by itself, at its old place."""
    administration = request.app.state.core.payout_administration
    outcome = administration.release(_seller(seller_id), reason=body.reason, by=user.user_id)
    return _made(request, SellerPayouts(id=seller_id, payouts="active"), outcome)


# Payouts ------------------------------------------------------------------------------------


@router.post(
    "/payouts/{payout_id}/cancel",
    summary="Call off a payout",
    responses=documented(DecidedPayout, 401, 403, 404, 409, 503),
)
def cancel_any_payout(request: Request, payout_id: str, body: Why, user: Admin) -> Response:
    """While nothing was asked of Stripe; its money is the seller's balance again."""
    administration = request.app.state.core.payout_administration
    outcome = administration.cancel(PayoutId(payout_id), reason=body.reason, by=user.user_id)
    return _made(request, DecidedPayout(id=payout_id, decision="cancel"), outcome)


@router.post(
    "/payouts/{payout_id}/retry",
    summary="Send a returned payout to the bank again",
    responses=documented(DecidedPayout, 401, 403, 404, 409, 503),
)
def retry_payout(request: Request, payout_id: str, body: Why, user: Admin) -> Response:
    """The same money, from the seller's Stripe account; no new transfer."""
    administration = request.app.state.core.payout_administration
    outcome = administration.retry(PayoutId(payout_id), reason=body.reason, by=user.user_id)
    return _made(request, DecidedPayout(id=payout_id, decision="retry"), outcome)


@router.post(
    "/payouts/{payout_id}/reverse",
    summary="Take a returned payout back",
    responses=documented(DecidedPayout, 401, 403, 404, 409, 503),
)
def reverse_payout(request: Request, payout_id: str, body: Why, user: Admin) -> Response:
    """Its money is payable again once Stripe has confirmed the reversal, and not before."""
    administration = request.app.state.core.payout_administration
    outcome = administration.reverse(PayoutId(payout_id), reason=body.reason, by=user.user_id)
    return _made(request, DecidedPayout(id=payout_id, decision="reverse"), outcome)


# Debts --------------------------------------------------------------------------------------


@router.post(
    "/debts/{seller_id}/write-off",
    summary="Propose to give up what a seller owes",
    responses=documented(WriteOffDecision, 401, 403, 409, 503),
)
def propose_write_off(request: Request, seller_id: str, body: WriteOff, user: Admin) -> Response:
    """Nothing is given up until another admin has approved it. A new proposal replaces the last."""
    core: Core = request.app.state.core
    minor, seller = parse(body.amount, body.currency).amount_minor, _seller(seller_id)
    outcome = core.collecting.propose(
        seller, body.currency, minor, reason=body.reason, by=user.user_id
    )
    return _made(request, _write_off(seller_id, "proposed", minor, body.currency), outcome)


@router.post(
    "/debts/{seller_id}/write-off/approve",
    summary="Approve what another admin has proposed to give up",
    responses=documented(WriteOffDecision, 401, 403, 409, 503),
)
def approve_write_off(
    request: Request, seller_id: str, body: WriteOffApproval, user: Admin
) -> Response:
    """Later money of the seller still pays it, before any payout."""
    core: Core = request.app.state.core
    minor, seller = parse(body.amount, body.currency).amount_minor, _seller(seller_id)
    outcome = core.collecting.approve(seller, body.currency, minor, by=user.user_id)
    return _made(request, _write_off(seller_id, "written_off", minor, body.currency), outcome)


def _write_off(
    seller_id: str, status: WriteOffStatus, minor: int, currency: str
) -> WriteOffDecision:
    return WriteOffDecision(
        seller_id=seller_id, status=status, **money("amount", minor, currency), currency=currency
    )


def _seller(seller_id: str) -> SellerId:
    return SellerId(UserId(seller_id))


def _made(request: Request, document: Document, outcome: Outcome) -> Response:
    return made(request.app.state.core, document, outcome.position, status=200)
