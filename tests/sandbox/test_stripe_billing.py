"""Stripe Billing as the stand-in plays it: periods, proration, failures, ends, and time."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from customer import PRO, TEAM, Subscriber, moment
from stand_in import START, Sandbox, checked

from mywork.sandbox.stripe.billing import months
from mywork.sandbox.stripe.routes import ROUTES
from mywork.sandbox.stripe.routing import PAGING

MONTH_LATER = START.replace(month=12)
PAID = ["invoice.paid", "invoice.payment_succeeded"]
FIRST_UNPAID: dict[str, Any] = {
    "payment_behavior": "default_incomplete",
    "payment_settings": {"save_default_payment_method": "on_subscription"},
    "expand": ["latest_invoice.confirmation_secret"],
}


@pytest.fixture
def bo(sandbox: Sandbox) -> Subscriber:
    """A customer with a good card."""
    return Subscriber.with_card(sandbox)


def status(subscriber: Subscriber) -> str:
    return str(subscriber.now().status)


def intent_of(invoice: Any, sandbox: Sandbox) -> Any:
    """The payment intent behind an invoice."""
    expand = ["payments.data.payment.payment_intent"]
    found = sandbox.v1.invoices.retrieve(invoice.id, {"expand": expand})
    return found.payments.data[0].payment.payment_intent


# Honest -------------------------------------------------------------------------------------


def test_answers_have_the_shapes_of_the_sdks_own_types(bo: Subscriber) -> None:
    bo.subscribe()
    v1, invoice = bo.sandbox.v1, bo.invoices()[0]
    credit = {"amount": -100, "currency": "usd"}
    found = [
        bo.now(),
        bo.now()["items"].data[0],
        bo.now()["items"].data[0].price,
        bo.now()["items"].data[0].plan,
        invoice,
        invoice.lines.data[0],
        v1.invoice_payments.list({"invoice": invoice.id}).data[0],
        v1.products.list().data[0],
        v1.customers.payment_methods.list(bo.customer).data[0],
        v1.customers.balance_transactions.create(bo.customer, credit),
        v1.customers.retrieve(bo.customer),
        v1.test_helpers.test_clocks.create({"frozen_time": 1}),
    ]
    for item in found:
        checked(item)
        assert item.to_dict().get("livemode", False) is False


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("POST /v1/products", "ProductCreateParams"),
        ("POST /v1/prices", "PriceCreateParams"),
        ("POST /v1/prices/{id}", "PriceModifyParams"),
        ("GET /v1/prices", "PriceListParams"),
        ("POST /v1/customers/{id}", "CustomerModifyParams"),
        ("POST /v1/payment_methods/{id}/attach", "PaymentMethodAttachParams"),
        ("POST /v1/subscriptions", "SubscriptionCreateParams"),
        ("GET /v1/subscriptions", "SubscriptionListParams"),
        ("POST /v1/subscriptions/{id}", "SubscriptionModifyParams"),
        ("DELETE /v1/subscriptions/{id}", "SubscriptionCancelParams"),
        ("GET /v1/invoices", "InvoiceListParams"),
        ("POST /v1/invoices/{id}/pay", "InvoicePayParams"),
        ("GET /v1/invoice_payments", "InvoicePaymentListParams"),
    ],
)
def test_every_parameter_that_is_known_is_stripes_own(path: str, name: str) -> None:
    known = getattr(stripe.params, name).__annotations__.keys()
    method, pattern = path.format(id="x").split()
    (route,) = [r for r in ROUTES if r.method == method and r.pattern.fullmatch(pattern)]
    assert route.parameters - PAGING <= set(known)


def test_an_invoice_shows_its_payments_only_to_those_who_ask(bo: Subscriber) -> None:
    made = bo.subscribe(**FIRST_UNPAID)
    assert made.latest_invoice.confirmation_secret.client_secret.startswith("pi_")
    (invoice,) = bo.invoices()
    assert not {"payments", "confirmation_secret"} & invoice.to_dict().keys()
    assert intent_of(invoice, bo.sandbox).status == "requires_payment_method"
    events = bo.sandbox.world.all("", "event")
    told = [event["data"]["object"] for event in events if event["type"].startswith("invoice.")]
    assert told
    assert not any({"payments", "confirmation_secret"} & found.keys() for found in told)


# Beginning ----------------------------------------------------------------------------------


def test_a_subscription_is_paid_for_a_month_and_begins(bo: Subscriber) -> None:
    made = bo.subscribe()
    (item,) = made["items"].data
    assert (made.status, moment(item.current_period_end)) == ("active", MONTH_LATER)
    assert bo.lines() == [(PRO, START, MONTH_LATER)]
    (invoice,) = bo.invoices()
    assert (invoice.status, invoice.amount_paid, invoice.amount_due) == ("paid", PRO, PRO)
    details = invoice.parent.subscription_details
    assert (details.subscription, details.metadata["user_id"]) == (made.id, "bo")
    intent = intent_of(invoice, bo.sandbox)
    charge = bo.sandbox.v1.charges.retrieve(intent.latest_charge)
    assert (charge.amount, charge.customer) == (PRO, bo.customer)
    bo.sandbox.v1.balance.retrieve()  # the moment after
    assert bo.sandbox.transactions(charge.id) == [("charge", PRO, 114)]
    assert bo.told() == [
        "invoice.created",
        "customer.subscription.created",
        "invoice.finalized",
        *PAID,
        "customer.subscription.updated",
    ]
    (payment,) = bo.sandbox.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    ).data
    assert (payment.invoice, payment.status) == (invoice.id, "paid")


def test_it_waits_for_its_first_payment_and_keeps_that_card(sandbox: Sandbox) -> None:
    bo = Subscriber.with_card(sandbox, card="")
    made = bo.subscribe(**FIRST_UNPAID)
    assert made.status == "incomplete"
    intent = made.latest_invoice.confirmation_secret.client_secret.partition("_secret_")[0]
    with pytest.raises(stripe.CardError):
        sandbox.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_chargeDeclined"})
    assert status(bo) == "incomplete"
    sandbox.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert status(bo) == "active"
    assert bo.now().default_payment_method.startswith("pm_1")
    sandbox.advance(days=31)
    assert [invoice.status for invoice in bo.invoices()] == ["paid", "paid"]


def test_unpaid_for_23_hours_it_expires_and_its_invoice_is_void(sandbox: Sandbox) -> None:
    bo = Subscriber.with_card(sandbox, card="")
    bo.subscribe(**FIRST_UNPAID)
    sandbox.advance(hours=22)
    assert status(bo) == "incomplete"
    sandbox.advance(days=90)
    assert (status(bo), bo.invoices()[0].status) == ("incomplete_expired", "void")
    assert moment(bo.now().ended_at) == START.replace(day=11, hour=11)
    assert intent_of(bo.invoices()[0], sandbox).status == "canceled"
    assert len(bo.invoices()) == 1


def test_without_a_card_or_with_one_that_declines(sandbox: Sandbox) -> None:
    bo = Subscriber.with_card(sandbox, card="")
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        bo.subscribe()
    with pytest.raises(stripe.CardError):
        bo.use("pm_card_chargeDeclined")
    bo.use("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        bo.subscribe(payment_behavior="error_if_incomplete")
    assert sandbox.v1.subscriptions.list({"status": "all"}).data == []
    assert bo.subscribe().status == "incomplete"


def test_prices_currencies_and_behaviours_that_cannot_be(bo: Subscriber) -> None:
    bo.subscribe()
    euros = bo.price(currency="eur")
    with pytest.raises(stripe.InvalidRequestError, match="cannot combine currencies"):
        bo.sandbox.v1.subscriptions.create({"customer": bo.customer, "items": [{"price": euros}]})
    with pytest.raises(stripe.InvalidRequestError, match="imitates"):
        bo.change(TEAM, payment_behavior="pending_if_incomplete")
    wish = {"product": bo.now()["items"].data[0].price.product, "unit_amount": 1}
    key = {"currency": "usd", "lookup_key": f"{PRO}-month-usd"}
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        bo.sandbox.v1.prices.create(wish | key)


# Time ---------------------------------------------------------------------------------------


def test_a_year_has_twelve_renewals_each_at_its_own_moment(bo: Subscriber) -> None:
    bo.subscribe()
    bo.sandbox.advance(days=366)  # nobody looked in between
    invoices = bo.invoices()
    assert len(invoices) == 13
    assert {invoice.status for invoice in invoices} == {"paid"}
    created = [moment(invoice.created) for invoice in invoices]
    assert created[:3] == [START, MONTH_LATER, datetime(2027, 1, 10, 12, tzinfo=UTC)]
    renewal = invoices[1]
    paid_at = moment(renewal.status_transitions.paid_at)
    assert paid_at == MONTH_LATER.replace(hour=13)  # an hour as a draft
    assert bo.told().count("invoice.upcoming") == 12
    assert len(bo.sandbox.v1.charges.list({"limit": 100}).data) == 13


def test_the_31st_is_the_last_of_shorter_months() -> None:
    anchor = datetime(2027, 1, 31, 12, tzinfo=UTC)
    monthly, ends, start = {"interval": "month", "interval_count": 1}, [], anchor
    for _ in range(4):
        end = months.period_end(int(anchor.timestamp()), monthly, int(start.timestamp()))
        start = moment(end)
        ends.append((start.month, start.day))
    assert ends == [(2, 28), (3, 31), (4, 30), (5, 31)]


def test_a_test_clock_moves_its_own_customers_only(sandbox: Sandbox) -> None:
    slow, fast = Subscriber.with_card(sandbox), Subscriber.with_card(sandbox, on_a_clock=True)
    for subscriber in (slow, fast):
        subscriber.subscribe()
    target = int(START.replace(year=2027).timestamp())
    clocks = sandbox.v1.test_helpers.test_clocks
    clocks.advance(fast.clock, {"frozen_time": target})
    assert (len(slow.invoices()), len(fast.invoices())) == (1, 13)
    assert clocks.retrieve(fast.clock).status == "ready"
    assert all(charge.balance_transaction for charge in sandbox.v1.charges.list().data)
    with pytest.raises(stripe.InvalidRequestError, match="only goes forward"):
        clocks.advance(fast.clock, {"frozen_time": target})
    sandbox.advance(days=31)
    assert (len(slow.invoices()), len(fast.invoices())) == (2, 13)


@pytest.mark.parametrize(
    ("missing", "ends_as"), [("cancel", "canceled"), ("pause", "paused"), ("", "past_due")]
)
def test_a_trial_ends(sandbox: Sandbox, missing: str, ends_as: str) -> None:
    bo = Subscriber.with_card(sandbox, card="")
    settings = {"end_behavior": {"missing_payment_method": missing or "create_invoice"}}
    made = bo.subscribe(
        trial_period_days=14, trial_settings=settings, payment_behavior="default_incomplete"
    )
    assert (made.status, bo.invoices()[0].total) == ("trialing", 0)
    sandbox.advance(days=13)
    assert bo.told()[-1] == "customer.subscription.trial_will_end"
    sandbox.advance(days=2)
    assert status(bo) == ends_as
    if ends_as == "paused":
        bo.use("pm_card_visa")
        resumed = sandbox.v1.subscriptions.resume(bo.subscription)
        assert resumed.status == "active"
        assert moment(resumed["items"].data[0].current_period_start) == START.replace(day=25)
        assert bo.told()[-1] == "customer.subscription.resumed"


def test_a_trial_with_a_card_goes_on(bo: Subscriber) -> None:
    bo.subscribe(trial_period_days=7)
    bo.sandbox.advance(days=8)
    assert (status(bo), bo.invoices()[-1].amount_paid) == ("active", PRO)
    assert bo.lines()[0][1:] == (START.replace(day=17), MONTH_LATER.replace(day=17))


# Changing -----------------------------------------------------------------------------------


def test_an_upgrade_is_charged_at_once_for_what_is_left(bo: Subscriber) -> None:
    bo.subscribe()
    bo.sandbox.advance(days=15)
    changed = bo.change(TEAM, proration_behavior="always_invoice")
    half = START.replace(day=25)
    assert bo.lines() == [(-1_450, half, MONTH_LATER), (4_950, half, MONTH_LATER)]
    assert bo.invoices()[-1].amount_paid == 3_500
    credit = bo.invoices()[-1].lines.data[0].parent.invoice_item_details
    assert credit.proration_details.credited_items.invoice == bo.invoices()[0].id
    assert changed["items"].data[0].price.unit_amount == TEAM
    assert moment(changed["items"].data[0].current_period_end) == MONTH_LATER
    bo.sandbox.advance(days=16)
    assert bo.lines() == [(TEAM, MONTH_LATER, MONTH_LATER.replace(year=2027, month=1))]


def test_a_downgrade_is_credit_that_the_next_invoice_uses(bo: Subscriber) -> None:
    bo.subscribe(TEAM)
    bo.sandbox.advance(days=15)
    bo.change(PRO, proration_behavior="always_invoice")
    credit = bo.invoices()[-1]
    assert (credit.total, credit.amount_due, credit.status) == (-3_500, 0, "paid")
    assert (credit.starting_balance, credit.ending_balance) == (0, -3_500)
    assert bo.balance() == -3_500
    bo.sandbox.advance(days=16)
    renewal = bo.invoices()[-1]
    assert (renewal.total, renewal.amount_paid, renewal.ending_balance) == (PRO, 0, -600)
    bo.sandbox.advance(days=31)
    assert bo.invoices()[-1].amount_paid == PRO - 600
    assert bo.balance() == 0
    moved = bo.sandbox.v1.customers.balance_transactions.list(bo.customer).data
    assert [row.amount for row in moved] == [600, 2_900, -3_500]


def test_what_is_too_small_to_charge_stays_owed(bo: Subscriber) -> None:
    bo.subscribe()
    bo.sandbox.advance(days=29, hours=20)
    bo.change(TEAM, proration_behavior="always_invoice")
    small = bo.invoices()[-1]
    assert (small.total, small.amount_paid, small.status) == (39, 0, "paid")
    assert (small.ending_balance, bo.balance()) == (39, 39)
    bo.sandbox.advance(days=1)
    assert (bo.invoices()[-1].amount_paid, bo.balance()) == (TEAM + 39, 0)


def test_proration_may_wait_for_the_next_invoice_or_not_be(bo: Subscriber) -> None:
    bo.subscribe()
    bo.sandbox.advance(days=15)
    bo.change(TEAM)
    assert len(bo.invoices()) == 1
    (item,) = bo.now()["items"].data
    wish = {"items": [{"id": item.id, "quantity": 2}], "proration_behavior": "none"}
    bo.sandbox.v1.subscriptions.update(bo.subscription, wish)
    bo.sandbox.advance(days=16)
    assert [line[0] for line in bo.lines()] == [2 * TEAM, -1_450, 4_950]


def test_an_upgrade_whose_card_declines_changes_nothing(bo: Subscriber) -> None:
    bo.subscribe()
    bo.use("pm_card_chargeCustomerFail")
    bo.sandbox.advance(days=15)
    with pytest.raises(stripe.CardError):
        bo.change(TEAM, proration_behavior="always_invoice", payment_behavior="error_if_incomplete")
    assert bo.now()["items"].data[0].price.unit_amount == PRO
    assert (len(bo.invoices()), status(bo)) == (1, "active")


# Failing ------------------------------------------------------------------------------------


def test_a_failed_renewal_is_tried_again_and_recovers(bo: Subscriber) -> None:
    bo.subscribe()
    bo.use("pm_card_chargeCustomerFail")
    bo.sandbox.advance(days=30, hours=2)
    failed = bo.invoices()[-1]
    assert (status(bo), failed.status, failed.attempt_count) == ("past_due", "open", 1)
    assert moment(failed.next_payment_attempt) == MONTH_LATER.replace(day=11, hour=13)
    bo.sandbox.advance(days=1)
    assert bo.invoices()[-1].attempt_count == 2
    bo.use("pm_card_visa")
    bo.sandbox.advance(days=3)
    assert (status(bo), bo.invoices()[-1].status) == ("active", "paid")
    assert bo.told()[-3:] == [*PAID, "customer.subscription.updated"]


@pytest.mark.parametrize("fate", ["canceled", "unpaid", "past_due"])
def test_the_terms_say_what_follows_the_last_attempt(bo: Subscriber, fate: str) -> None:
    bo.sandbox.terms(subscription_after_retries=fate)
    bo.subscribe()
    bo.use("pm_card_chargeCustomerFail")
    bo.sandbox.advance(days=45)
    failed = bo.invoices()[1]
    assert (failed.attempt_count, failed.next_payment_attempt) == (4, None)
    assert status(bo) == fate
    if fate == "canceled":
        assert bo.now().cancellation_details.reason == "payment_failed"
        assert bo.told()[-1] == "customer.subscription.deleted"
    bo.sandbox.advance(days=20)
    assert len(bo.invoices()) == (2 if fate == "canceled" else 3)
    if fate == "unpaid":
        assert bo.invoices()[-1].status == "draft"
        bo.sandbox.v1.invoices.pay(bo.invoices()[1].id, {"payment_method": "pm_card_visa"})
        assert status(bo) == "active"


def test_an_invoice_is_paid_by_hand_voided_or_written_off(bo: Subscriber) -> None:
    bo.sandbox.terms(subscription_after_retries="past_due")
    bo.subscribe()
    bo.use("pm_card_chargeCustomerFail")
    bo.sandbox.advance(days=30, hours=2)
    invoices, overdue = bo.sandbox.v1.invoices, bo.invoices()[-1].id
    with pytest.raises(stripe.CardError):
        invoices.pay(overdue)
    assert invoices.mark_uncollectible(overdue).status == "uncollectible"
    assert invoices.pay(overdue, {"payment_method": "pm_card_visa"}).status == "paid"
    for act in (invoices.pay, invoices.void_invoice, invoices.finalize_invoice):
        with pytest.raises(stripe.InvalidRequestError):
            act(overdue)
    bo.sandbox.advance(days=31)
    assert invoices.void_invoice(bo.invoices()[-1].id).status == "void"
    assert bo.told()[-1] == "invoice.voided"


def test_a_void_invoice_gives_the_balance_back(bo: Subscriber) -> None:
    credit = {"amount": -1_000, "currency": "usd"}
    bo.sandbox.v1.customers.balance_transactions.create(bo.customer, credit)
    bo.subscribe(**FIRST_UNPAID)
    assert (bo.invoices()[-1].amount_due, bo.balance()) == (PRO - 1_000, 0)
    bo.sandbox.v1.subscriptions.cancel(bo.subscription)
    assert (status(bo), bo.balance()) == ("incomplete_expired", -1_000)


# Ending -------------------------------------------------------------------------------------


def test_it_ends_with_its_period_unless_that_is_taken_back(bo: Subscriber) -> None:
    bo.subscribe()
    subscriptions = bo.sandbox.v1.subscriptions
    ending = subscriptions.update(bo.subscription, {"cancel_at_period_end": True})
    assert (ending.status, moment(ending.cancel_at)) == ("active", MONTH_LATER)
    going_on = subscriptions.update(bo.subscription, {"cancel_at_period_end": False})
    assert (going_on.cancel_at, going_on.canceled_at) == (None, None)
    bo.sandbox.advance(days=31)
    assert len(bo.invoices()) == 2
    subscriptions.update(bo.subscription, {"cancel_at_period_end": True})
    bo.sandbox.advance(days=31)
    ended = bo.now()
    assert (ended.status, ended.cancellation_details.reason) == (
        "canceled",
        "cancellation_requested",
    )
    assert moment(ended.ended_at) == datetime(2027, 1, 10, 12, tzinfo=UTC)
    assert len(bo.invoices()) == 2
    with pytest.raises(stripe.InvalidRequestError):
        subscriptions.update(bo.subscription, {"cancel_at_period_end": False})


def test_at_once_unused_time_may_be_given_back(bo: Subscriber) -> None:
    bo.subscribe()
    bo.sandbox.advance(days=15)
    bo.sandbox.v1.subscriptions.cancel(bo.subscription, {"prorate": True, "invoice_now": True})
    assert (status(bo), bo.balance()) == ("canceled", -1_450)
    listed = bo.sandbox.v1.subscriptions.list({"customer": bo.customer})
    ended = bo.sandbox.v1.subscriptions.list({"customer": bo.customer, "status": "ended"})
    assert (len(listed.data), len(ended.data)) == (0, 1)


def test_only_a_paused_one_is_resumed(bo: Subscriber) -> None:
    bo.subscribe()
    with pytest.raises(stripe.InvalidRequestError, match="paused"):
        bo.sandbox.v1.subscriptions.resume(bo.subscription)


def test_everything_that_waits_survives_a_restart(bo: Subscriber, tmp_path: Any) -> None:
    bo.subscribe()
    again = Sandbox(tmp_path)
    later = Subscriber(again, bo.customer, subscription=bo.subscription)
    again.advance(days=31)
    assert len(later.invoices()) == 2
    again.world.close()
    bo.sandbox.clock.freeze(START)
