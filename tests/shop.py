"""A shop: the whole core on a real database, with Stripe faked at its port."""

from datetime import datetime
from typing import Any

import orjson
import psycopg
from fakes import FakeClock, FakeMail, FakePayments, FakeQueue

from eventstore.follow import Runner
from mywork import bootstrap
from mywork.adapters.stripe.webhooks import PLATFORM, TRANSACTION
from mywork.application.commands import envelope
from mywork.application.handle import Outcome
from mywork.application.ports.tables import RawReceipt
from mywork.bootstrap.world import Outside
from mywork.domain.decider import Command
from mywork.domain.fees import SCHEDULES
from mywork.domain.identifiers import OrderId, ProductId, RefundId, SellerId, UserId
from mywork.domain.order.refund_messages import RecordRefund
from mywork.domain.order.sale_messages import PayOrder, PlaceOrder
from mywork.domain.order.settlement_messages import ReleaseFunds
from mywork.domain.payout.bank_messages import RecordBankOutcome
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.product import DraftProduct, PublishProduct
from mywork.domain.seller.messages import JoinAsSeller, OpenAccount, UpdateOnboarding
from mywork.domain.streams import payouts_stream
from mywork.ledger.trial_balance import trial_balance
from mywork.settings import Secret, Settings

ADA, BO = SellerId(UserId("ada")), UserId("bo")


class Shop:
    def __init__(self, database_url: str, **more: Any) -> None:
        """`more` are further settings."""
        self.clock, self.payments, self.queue = FakeClock(), FakePayments(), FakeQueue()
        self.mail = FakeMail()
        identity: Any = None
        billing: Any = None
        objects: Any = None
        signer: Any = None
        outside = Outside(
            self.clock, self.payments, identity, self.queue, self.mail, billing, objects, signer
        )
        settings = Settings(database_url=Secret(database_url), app_url="https://shop.test", **more)
        self.core = bootstrap.build(settings, outside)
        self.runner = Runner(self.core.store, [self.core.policies.follower()])

    # Facts --------------------------------------------------------------------------------

    def handle(self, command: Command, command_id: str = "") -> Outcome:
        return self.core.handler.handle(envelope(command, actor="test", command_id=command_id))

    def place(self, order_id: str, seller_id: SellerId = ADA) -> OrderId:
        self.handle(self.placing(order_id, seller_id))
        return OrderId(order_id)

    def placing(self, order_id: str, seller_id: SellerId = ADA) -> PlaceOrder:
        return PlaceOrder(
            order_id=OrderId(order_id),
            order_number=f"MW-2026-{order_id}",
            buyer_id=BO,
            seller_id=seller_id,
            product_id=ProductId("p"),
            product_title="SaaS starter",
            product_version=1,
            licence="standard",
            price_minor=29_900,
            schedule=SCHEDULES["USD"],
            at=self.clock.now(),
        )

    def paying(self, order_id: str, amount_minor: int = 29_900) -> PayOrder:
        return PayOrder(
            order_id=OrderId(order_id),
            payment_intent_id=f"pi_{order_id}",
            charge_id=f"ch_{order_id}",
            currency="USD",
            amount_minor=amount_minor,
            live=False,
            live_expected=False,
            at=self.clock.now(),
        )

    def release(self, order_id: str, seller_id: SellerId = ADA) -> None:
        """Placed, paid and, a week later, released: 260.13 are available to the seller."""
        self.place(order_id, seller_id)
        self.handle(self.paying(order_id))
        self.clock.advance(days=7)
        self.handle(ReleaseFunds(OrderId(order_id), self.clock.now()))

    def pay_out(self, seller_id: SellerId = ADA) -> None:
        """Everything that is released has left for the seller's Stripe account."""
        self.core.paying_out.request(seller_id, "USD", request_id=str(self.core.store.head()))
        self.core.payout_queue.run()
        self.runner.catch_up()
        self.core.outbox_dispatcher.drain()

    def refund(self, order_id: str, amount_minor: int = 29_900) -> None:
        """A refund that was made at Stripe: in full, it takes 269.10 from the seller."""
        self.handle(
            RecordRefund(
                order_id=OrderId(order_id),
                stripe_refund_id=f"re_{order_id}_{amount_minor}",
                refund_id=RefundId(""),
                currency="USD",
                amount_minor=amount_minor,
                at=self.clock.now(),
            )
        )

    def arrive(self, seller_id: SellerId = ADA) -> None:
        """The bank has every payout of the seller that was sent."""
        self.runner.catch_up()
        self.core.outbox_dispatcher.drain()
        state = self.core.handler.state(PAYOUT, payouts_stream(seller_id, "USD"))
        for payout_id, found in state.by_id.items():
            for bank_id in found.bank:
                self.handle(
                    RecordBankOutcome(
                        seller_id, "USD", payout_id, bank_id, True, "", self.clock.now()
                    )
                )

    def onboard(self, seller_id: SellerId = ADA, *, ready: bool = True) -> None:
        account, now = f"acct_{seller_id}", self.clock.now()
        self.handle(JoinAsSeller(seller_id, "US", now))
        self.handle(OpenAccount(seller_id, account, now))
        self.handle(UpdateOnboarding(seller_id, account, ready, ready, ready, (), "", now))

    def publish(self, product_id: str = "p", price_minor: int = 29_900) -> ProductId:
        now = self.clock.now()
        draft = DraftProduct(
            product_id=ProductId(product_id),
            seller_id=ADA,
            title="SaaS starter",
            description="Accounts, billing and tests. " * 4,
            category="saas-starters",
            currency="USD",
            prices_minor={"standard": price_minor},
            tech_stack=(),
            tags=(),
            at=now,
        )
        self.handle(draft)
        self.handle(PublishProduct(ProductId(product_id), ADA, now))
        return ProductId(product_id)

    # What Stripe says ---------------------------------------------------------------------

    def paid(self, order_id: str, *, receipt: str = "", amount: int = 29_900) -> RawReceipt:
        """The webhook of a succeeded payment."""
        intent = {
            "id": f"pi_{order_id}",
            "latest_charge": f"ch_{order_id}",
            "currency": "usd",
            "amount_received": amount,
            "metadata": {"order_id": order_id},
        }
        return self.webhook("payment_intent.succeeded", receipt or f"evt_{order_id}", intent)

    def webhook(self, kind: str, receipt: str, subject: dict[str, Any]) -> RawReceipt:
        created = int(self.clock.now().timestamp())
        event = {"id": receipt, "type": kind, "livemode": False, "created": created}
        event |= {"data": {"object": subject}}
        return RawReceipt(PLATFORM, receipt, kind, str(subject["id"]), orjson.dumps(event))

    def moved(self, transaction: str, source: str, **changes: Any) -> RawReceipt:
        """A balance transaction: 299.00 less 8.97, available two days later."""
        created = int(self.clock.now().timestamp())
        found = {
            "id": transaction,
            "source": source,
            "reporting_category": "charge",
            "currency": "usd",
            "amount": 29_900,
            "fee": 897,
            "available_on": created + 2 * 86_400,
            "created": created,
        }
        body = orjson.dumps(found | changes)
        return RawReceipt(TRANSACTION, transaction, "balance_transaction", source, body)

    # What became of it --------------------------------------------------------------------

    def events(self, kind: type) -> list[Any]:
        history = self.core.store.page(0, 100_000)
        return [recorded.event for recorded in history if isinstance(recorded.event, kind)]

    def balance(self, account: str) -> int:
        """On its normal side, in cents; fails unless the whole book balances."""
        assert trial_balance(self.core.store).balanced
        return self.core.book.balances([(account, "USD")])[account, "USD"]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.core.store.url) as connection:
            return connection.execute(query).fetchall()

    def real_time(self) -> datetime:
        """The database's clock, by which leases and delays run."""
        return datetime.fromisoformat(self.rows("SELECT clock_timestamp()::text")[0][0])

    def change(self, statement: str) -> None:
        """Turn the real clock of leases and delays, which no test waits for."""
        with psycopg.connect(self.core.store.url) as connection:
            connection.execute(statement)
