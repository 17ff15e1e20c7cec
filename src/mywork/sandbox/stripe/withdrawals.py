"""What a dispute takes out of the balance, and gives back when it is won."""

from mywork.sandbox.stripe import balance, refunds, settlement, terms
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.settlement import Settled
from mywork.sandbox.stripe.world import World


def fail_refunds_under_way(world: World, account: str, charge: Json) -> None:
    """The bank takes all of it now, so it does not carry out what it has not carried out yet."""
    for refund in world.where(account, "refund", "charge", charge["id"]):
        if refund["status"] in refunds.OPEN:
            refunds.fail(world, account, refund["id"], "charge_for_pending_refund_disputed")


def take(world: World, account: str, dispute: Json) -> None:
    """The amount and the fee, at once and in one transaction."""
    settled = _settled(world, account, dispute, dispute["amount"])
    _move(
        world,
        account,
        dispute,
        balance.Movement(
            amount=-settled.amount,
            currency=settled.currency,
            source=dispute["id"],
            category="dispute",
            type="adjustment",
            fee=terms.fee(world, "dispute_fee", settled.currency),
            fee_description="Dispute fee",
            description=f"Chargeback withdrawal for {dispute['charge']}",
            exchange_rate=settled.exchange_rate,
        ),
    )


def give_back(world: World, account: str, dispute: Json, amount: int) -> None:
    """All of it or a part; the fee too where the terms say so."""
    settled = _settled(world, account, dispute, amount)
    fee = dispute["balance_transactions"][0]["fee"]
    _move(
        world,
        account,
        dispute,
        balance.Movement(
            amount=settled.amount,
            currency=settled.currency,
            source=dispute["id"],
            category="dispute_reversal",
            type="adjustment",
            fee=-fee if terms.terms(world)["dispute_fee_returned"] else 0,
            fee_description="Dispute fee refund",
            description=f"Chargeback reversal for {dispute['charge']}",
            exchange_rate=settled.exchange_rate,
        ),
    )


def _settled(world: World, account: str, dispute: Json, amount: int) -> Settled:
    charge = world.find(account, "charge", dispute["charge"])
    return settlement.of_reversal(world, account, charge, amount)


def _move(world: World, account: str, dispute: Json, movement: balance.Movement) -> None:
    transaction = balance.move(world, account, movement)
    dispute["balance_transactions"] = [*dispute["balance_transactions"], transaction]
    world.put(account, "dispute", dispute)
