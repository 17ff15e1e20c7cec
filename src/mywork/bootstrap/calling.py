"""What follows from an event: calls to vendors, deadlines and letters."""

from mywork.adapters.operations.deadlines import Deadlines
from mywork.adapters.operations.outbox import Outbox
from mywork.application.notifications.notifier import Notifier
from mywork.application.outbox import calls
from mywork.application.outbox.dispatcher import OutboxDispatcher, Perform
from mywork.application.outbox.payments import PaymentCalls
from mywork.application.outbox.payouts import PayoutCalls
from mywork.application.outbox.policies import Policies
from mywork.application.outbox.refunds import RefundCalls
from mywork.application.outbox.subscriptions import SubscriptionCalls
from mywork.application.scheduled.deadlines import DeadlineRunner
from mywork.bootstrap.core import Core


def outbox(core: Core) -> Outbox:
    return Outbox(core.store)


def outbox_dispatcher(core: Core) -> OutboxDispatcher:
    return OutboxDispatcher(core.outbox, core.handler, _calls(core))


def _calls(core: Core) -> dict[type, Perform]:
    """What makes each kind of vendor call."""
    handler, world = core.handler, core.outside
    payments = PaymentCalls(world.payments)
    refunds = RefundCalls(world.payments, world.clock)
    transfers = PayoutCalls(handler, world.payments, world.clock, core.views)
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


def policies(core: Core) -> Policies:
    return Policies(core.outbox, Deadlines(core.store), core.outside.queue)


def notifier(core: Core) -> Notifier:
    return Notifier(
        core.store,
        core.outbox,
        core.outside.mail,
        people=core.people,
        views=core.views,
        app_url=core.settings.app_url,
    )
