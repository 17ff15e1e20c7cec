"""What is left undone, story by story: each ends before somebody came to the next step.

The first day is START. Sales are made on the 24th, released on the 31st; on the 32nd the stories
begin, and on the 33rd everything stops.
"""

from midwork.receipts import before_their_time, never_read, of_nobody
from midwork.stage import AT_ONCE, BUYER, LATER, Stage, seller
from mywork.application.commands import envelope
from mywork.application.ports.faults import VendorUnavailable
from mywork.domain.fees import SCHEDULES, ReserveTerms
from mywork.domain.identifiers import OrderId, UserId, derived_id
from mywork.domain.order.sale_messages import PlaceOrder
from mywork.sandbox.stripe import disputes, terms
from mywork.sandbox.stripe import payouts as banks

SENDING = ("tess", "tom", "uma", "wes", "bea", "ben", "bill")
RETURNED = ("rex", "ron", "ray", "roy")


# Before -------------------------------------------------------------------------------------


def begin(stage: Stage) -> None:
    """Staff, subscribers, and money of our own for what goes back."""
    terms.change(stage.world, {"subscription_after_retries": "past_due"})
    stage.moved("topup", 1_000_000, 0)
    stage.finance("user_fay")
    stage.known(BUYER)
    for name, tier in (("sue", "pro"), ("sid", "pro"), ("dee", "pro"), ("tim", "team")):
        stage.subscriber(name).subscribe(tier)
    stage.subscriber("dee").use("pm_card_chargeCustomerFail")


def sell(stage: Stage) -> None:
    """What will be released, a part of one sale in reserve."""
    for name in ("ada", "kim", "zoe", *SENDING, *RETURNED):
        stage.marketplace.onboarded_seller(seller(name))
    for name in (*SENDING, *RETURNED):
        stage.sale(name, AT_ONCE)
    _reserved_sale(stage)
    stage.marketplace.settle()


def _reserved_sale(stage: Stage) -> None:
    marketplace = stage.marketplace
    product_id = marketplace.published_product(seller("kim"))
    order_id = OrderId(derived_id("order", BUYER, "reserved"))
    place = PlaceOrder(
        order_id=order_id,
        order_number="MW-2026-09999",
        buyer_id=BUYER,
        seller_id=seller("kim"),
        product_id=product_id,
        product_title="SaaS starter with billing",
        product_version=1,
        licence="standard",
        price_minor=29_900,
        schedule=SCHEDULES["USD"],
        at=marketplace.clock.now(),
        reserve=ReserveTerms(1_000),
    )
    stage.core.handler.handle(envelope(place, actor=BUYER))
    placed = stage.core.buying.place(BUYER, product_id, "standard", request_id="reserved")
    marketplace.pay(placed.terms, AT_ONCE)


def pay_some_out(stage: Stage) -> None:
    """As far as the bank, before it sends them back."""
    for name in RETURNED:
        stage.core.paying_out.request(seller(name), "USD", request_id="p")
    stage.marketplace.settle()


# Payouts ------------------------------------------------------------------------------------


def payouts_that_come_back(stage: Stage) -> None:
    """Two for good, so they are to be reversed, and one for now; the last comes later."""
    for name in ("rex", "ron"):
        _bank_fails(stage, name, "account_closed")
    _bank_fails(stage, "ray", "could_not_process")
    stage.facts()


def a_payout_comes_back_late(stage: Stage) -> None:
    _bank_fails(stage, "roy", "could_not_process")
    stage.facts()


def _bank_fails(stage: Stage, name: str, code: str) -> None:
    account = stage.account(name)
    banks.fail(stage.world, account, stage.world.all(account, "payout")[-1]["id"], code)


def payouts_on_their_way(stage: Stage) -> None:
    """Three wait for the bank, three for their transfer, one for its turn."""
    for name in ("bea", "ben", "bill", "tess", "tom", "uma"):
        stage.core.paying_out.request(seller(name), "USD", request_id="p")
    stage.core.payout_queue.run()
    for name in ("bea", "ben", "bill"):
        stage.perform("create_transfer", f"user_{name}")
    stage.facts()
    stage.core.paying_out.request(seller("wes"), "USD", request_id="p")
    stage.marketplace.runner.catch_up()


def payouts_that_were_tried(stage: Stage) -> None:
    """One call never left, three were never answered, and one was refused for now."""
    with stage.fault("reset", "/v1/transfers"):
        stage.perform("create_transfer", "user_tom")
    with stage.fault("drop_after_commit", "/v1/transfers"):
        stage.perform("create_transfer", "user_uma")
    with stage.fault("drop_after_commit", "/v1/payouts"):
        stage.perform("create_bank_payout", "user_bill")
    with stage.fault("drop_after_commit", "/v1/transfers"):
        stage.perform("reverse_transfer", "user_ron")
    account, stripe = stage.account("ben"), stage.marketplace.stripe
    by_hand = banks.create(stage.world, account, {"amount": "26013", "currency": "usd"})
    stage.perform("create_bank_payout", "user_ben")
    stripe.payouts.cancel(by_hand["id"], None, {"stripe_account": account})


# Orders -------------------------------------------------------------------------------------


class Orders:
    """Of one seller's; those that were placed a day before expire when the stories begin."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.abandoned = [stage.sale("ada") for _ in range(2)]
        self.too_late = [stage.sale("ada") for _ in range(3)]
        self.paid = [stage.sale("ada", AT_ONCE) for _ in range(6)]
        stage.sale("ada", LATER)  # its funds are due when everything stops
        stage.marketplace.settle()
        state = stage.marketplace.order_state
        self._intents = [str(state(placed.order_id).payment_intent_id) for placed in self.too_late]

    def expire(self) -> None:
        """Nobody called the intents off yet, so three are paid after all, and the money goes back.

        Of one it has gone back, but is not away yet.
        """
        stage, stripe = self.stage, self.stage.marketplace.stripe
        stage.core.deadlines.run()
        for intent in self._intents:
            stripe.payment_intents.confirm(intent, {"payment_method": LATER})
        stage.facts()
        charge_id = stage.charge(self.too_late[0])["id"]
        stage.perform("return_payment", charge_id)
        stage.delay(stage.refund_of(charge_id)["balance_transaction"], 20)
        stage.facts()

    def refund_some(self) -> None:
        """One was made and is not away yet, and disputed besides: that is too much."""
        stage, twice = self.stage, self.paid[0]
        stage.refund(twice)
        stage.perform("create_refund", twice.order_id)
        charge = stage.charge(twice)
        stage.delay(stage.refund_of(charge["id"])["balance_transaction"], 20)
        stage.facts()
        claimed = disputes.Opening(amount=charge["amount"])
        dispute_id = disputes.open_(stage.world, "", charge, claimed)["id"]
        stage.facts()
        disputes.lose(stage.world, "", dispute_id)
        for placed in self.paid[1:3]:
            stage.refund(placed, "99.00")
        stage.facts()

    def try_some(self) -> None:
        """Calls that were made, and never answered."""
        stage = self.stage
        with stage.fault("drop_after_commit", "/v1/refunds"):
            stage.perform("create_refund", self.paid[1].order_id)
        with stage.fault("drop_after_commit", "/v1/refunds"):
            stage.perform("return_payment", stage.charge(self.too_late[1])["id"])
        with stage.fault("drop_after_commit", "/v1/payment_intents"):
            stage.perform("cancel_payment_intent", self.abandoned[0].order_id)

    def ask_last(self) -> None:
        """A refund that no follower has heard of yet."""
        self.stage.refund(self.paid[3])


# Subscriptions and movements ----------------------------------------------------------------


def money_that_ripens(stage: Stage) -> None:
    """Of a movement, of a break, of a new subscription and of a sale."""
    for days in (1, 20):
        stage.moved("fee", -500, days)
        stage.moved("other_adjustment", -1_234, days)
    nia = stage.subscriber("nia")
    nia.confirm(nia.begin("pro"))
    stage.sale("ada", LATER)
    stage.facts()


def change_subscriptions(stage: Stage) -> None:
    """A plan to change, and an end that Stripe was too busy to hear of."""
    stage.core.subscribing.change_plan(UserId("user_sue"), "team")
    stage.core.subscribing.cancel(UserId("user_sid"))
    with stage.fault("500", "/v1/subscriptions"):
        stage.perform("align_subscription", "user_sid")


# All of it ----------------------------------------------------------------------------------


def play(stage: Stage) -> None:
    """Until it stops, in the middle of everything."""
    marketplace = stage.marketplace
    begin(stage)
    for _ in range(4):
        marketplace.advance(days=6)
        marketplace.settle()
    sell(stage)
    marketplace.advance(days=7)
    marketplace.settle()
    pay_some_out(stage)
    orders = Orders(stage)
    marketplace.advance(days=1, minutes=30)
    orders.expire()
    orders.refund_some()
    payouts_that_come_back(stage)
    money_that_ripens(stage)
    stage.sale("ada")
    payouts_on_their_way(stage)
    marketplace.advance(days=1, hours=1)
    _stop(stage, orders)


def _stop(stage: Stage, orders: Orders) -> None:
    a_payout_comes_back_late(stage)
    stage.sale("ada")
    change_subscriptions(stage)
    before_their_time(stage)
    of_nobody(stage)
    payouts_that_were_tried(stage)
    orders.try_some()
    never_read(stage, orders.paid[4:])
    stage.marketplace.mail.refuses = [VendorUnavailable("the mail service is away")]
    stage.core.notifier.run()
    orders.ask_last()
