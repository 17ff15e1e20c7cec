"""What follows from an event: calls to vendors, deadlines and letters."""

from functools import partial

from mywork.adapters.deadlines import Deadlines
from mywork.adapters.effects import Effects
from mywork.application import calls
from mywork.application.deadlines import DeadlineRunner
from mywork.application.effects import EffectPerformer, Perform
from mywork.application.notifying import Notifier
from mywork.application.payment_calls import PaymentCalls
from mywork.application.payout_calls import PayoutCalls
from mywork.application.reactions import Reactions
from mywork.application.refund_calls import RefundCalls
from mywork.application.subscription_calls import SubscriptionCalls
from mywork.bootstrap.core import Core
from mywork.projections import breaks, roles


def effects(core: Core) -> Effects:
    return Effects(core.store)


def effect_performer(core: Core) -> EffectPerformer:
    return EffectPerformer(core.effects, core.handler, _calls(core))


def _calls(core: Core) -> dict[type, Perform]:
    """What makes each kind of vendor call."""
    handler, world = core.handler, core.outside
    payments = PaymentCalls(world.payments)
    refunds = RefundCalls(world.payments, world.clock)
    open_breaks = partial(breaks.about_sellers, core.store)
    transfers = PayoutCalls(handler, world.payments, world.clock, open_breaks)
    subscriptions = SubscriptionCalls(handler, world.billing, world.clock)
    return {
        calls.CancelPaymentIntent: payments.cancel_intent,
        calls.CreateRefund: refunds.create_refund,
        calls.ReturnPayment: refunds.return_payment,
        calls.CreateTransfer: transfers.create_transfer,
        calls.CreateBankPayout: transfers.create_bank_payout,
        calls.ReverseTransfer: transfers.reverse_transfer,
        calls.AlignSubscription: subscriptions.align,
    }


def deadlines(core: Core) -> DeadlineRunner:
    return DeadlineRunner(Deadlines(core.store), core.handler, core.outside.clock)


def reactions(core: Core) -> Reactions:
    return Reactions(core.effects, Deadlines(core.store), core.outside.queue)


def notifier(core: Core) -> Notifier:
    return Notifier(
        core.store,
        core.effects,
        core.outside.mail,
        people=core.people,
        holders=partial(roles.holders, core.store),
        app_url=core.settings.app_url,
    )
