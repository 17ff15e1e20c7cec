"""The demo days: two weeks of a small marketplace, from the first seller to the first payouts.

Everything goes through the doors that real users have: the HTTP API with session tokens, and
Stripe's own SDK with its test cards. Only the calendar is ours to turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import stripe

from mywork.domain.identifiers import new_id
from mywork.domain.money import Money
from mywork.sandbox.world import World

DAYS = 14
SELLER = "user_ada"
BUYER = "user_bo"
SELLERS = (SELLER, "user_grace", "user_mary")
ADMIN = "user_admin"
VERIFIED = (SELLER, "user_grace")
# The terms of the demo days: of a new seller's sales a tenth is kept in reserve for a month.
TERMS = {"MYWORK_RESERVES": '{"new": 1000}'}
BUYERS = (BUYER, "user_cy", "user_dee", "user_eve")

VISA, DECLINED = "pm_card_visa", "pm_card_chargeDeclined"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product of the demo: seller, title, category, price as decimal text, currency."""

    seller: str
    title: str
    category: str
    price: str
    currency: str = "USD"


SHELVES = (
    Shelf(SELLER, "SaaS starter with billing", "saas-starters", "299.00"),
    Shelf(SELLER, "Command line toolkit", "automation", "0"),
    Shelf("user_grace", "Invoice API service", "api-services", "149.00"),
    Shelf("user_grace", "Accessible form components", "components", "39.50"),
    Shelf("user_mary", "Mobile booking app", "mobile-apps", "189.00", "EUR"),
)
# What is bought on which day: shelf, buyer, card. No card leaves the order to expire.
PURCHASES: dict[int, tuple[tuple[int, int, str], ...]] = {
    0: ((0, 0, VISA), (2, 1, VISA)),
    1: ((4, 2, VISA), (1, 0, VISA)),
    2: ((0, 3, DECLINED), (3, 0, VISA)),
    3: ((2, 2, VISA),),
    5: ((0, 1, VISA), (4, 3, VISA), (3, 2, "")),
    7: ((0, 2, VISA), (2, 3, VISA)),
    9: ((3, 1, VISA),),
    11: ((4, 0, VISA), (0, 3, VISA)),
    13: ((2, 0, VISA), (3, 3, VISA)),
}

# What comes back on which day: the purchase by day and number, and how it goes.
RETURNS: dict[int, tuple[tuple[int, int, str], ...]] = {
    4: ((2, 1, "asked for by its buyer"),),
    6: ((3, 0, "49.00"),),
    8: ((0, 1, "disputed, contested with evidence"),),
    10: ((7, 1, "disputed, accepted"),),
    13: ((11, 1, "disputed, waits for evidence"),),
}
# Who begins a subscription, or changes its tier, on which day.
SUBSCRIPTIONS = {4: ("user_cy", "pro"), 10: ("user_cy", "team"), 12: (SELLER, "pro")}


class Demo:
    """`settle` brings the system to rest: called after each turn of the calendar."""

    def __init__(self, world: World, stripe_key: str, *, settle: Callable[[], None]) -> None:
        self._world = world
        self._settle = settle
        self._api = httpx2.Client(base_url=f"{world.api_url}/api", timeout=30)
        self._sandbox = httpx2.Client(base_url=world.sandbox_url, timeout=30)
        addresses: Any = {"api": world.sandbox_url}
        self._stripe = stripe.StripeClient(stripe_key, base_addresses=addresses).v1
        self._products: list[str] = []
        self._bought: dict[int, list[dict[str, Any]]] = {}

    def play(self) -> None:
        """From two weeks ago until now, a day at a time; then the clock runs at real speed."""
        end = datetime.now(UTC)
        self._set_clock(end - timedelta(days=DAYS))
        print(f"demo: {len(SELLERS)} sellers join, are onboarded by Stripe, and publish")
        for seller in SELLERS:
            self._join(seller)
        for account in self._stripe.accounts.list({"limit": 100}).data:
            self._sandbox.post(f"/_sandbox/accounts/{account.id}/onboard").raise_for_status()
        self._settle()
        for seller in VERIFIED:
            body = {"level": "verified", "reason": "passport and address seen"}
            self._post(ADMIN, f"/admin/sellers/{seller}/verify", body)
        self._products = [self._publish(shelf) for shelf in SHELVES]
        for day in range(DAYS):
            now = end - timedelta(days=DAYS - day)
            self._set_clock(now)
            self._settle()
            for shelf, buyer, card in PURCHASES.get(day, ()):
                bought = self._buy(now, self._products[shelf], BUYERS[buyer], card=card)
                self._bought.setdefault(day, []).append(bought)
            self._settle()
            for bought_on, number, how in RETURNS.get(day, ()):
                shelf, buyer, _ = PURCHASES[bought_on][number]
                self._give_back(now, self._bought[bought_on][number], (shelf, buyer), how)
            if day in SUBSCRIPTIONS:
                self._subscribe(now, *SUBSCRIPTIONS[day])
            self._settle()
        self._sandbox.post("/_sandbox/clock", json={"mode": "running", "now": _iso(end)})
        self._settle()

    # The calendar -------------------------------------------------------------------------

    def _set_clock(self, now: datetime) -> None:
        answer = self._sandbox.post("/_sandbox/clock", json={"mode": "frozen", "now": _iso(now)})
        answer.raise_for_status()

    # Sellers ------------------------------------------------------------------------------

    def _join(self, seller: str) -> None:
        username = seller.removeprefix("user_")
        body = {"username": username, "email": f"{username}@example.com", "country": "US"}
        self._post(seller, "/user/become-seller", body)

    def _publish(self, shelf: Shelf) -> str:
        body = {
            "title": shelf.title,
            "description": f"{shelf.title}: maintained, documented and tested. " * 3,
            "category": shelf.category,
            "price": shelf.price,
            "currency": shelf.currency,
            "tech_stack": ["python", "postgresql"],
        }
        product_id = str(self._post(shelf.seller, "/products", body)["id"])
        self._post(shelf.seller, f"/products/{product_id}/publish", {})
        return product_id

    # Buyers -------------------------------------------------------------------------------

    def _buy(self, now: datetime, product_id: str, buyer: str, *, card: str) -> dict[str, Any]:
        order = self._post(buyer, "/orders", {"product_id": product_id, "license_type": "standard"})
        line = f"demo: {now:%a %d %b}  {buyer:<9} {order['order_number']}"
        secret = order["stripe_client_secret"]
        if not secret:
            print(f"{line}  free, granted at once")
            return order
        if not card:
            print(f"{line}  left unpaid, will expire")
            return order
        intent = str(secret).split("_secret_")[0]
        if card == DECLINED:
            self._decline(intent, line)
        self._stripe.payment_intents.confirm(intent, {"payment_method": VISA})
        amount = Money(order["amount_minor"], order["currency"])
        print(f"{line}  {amount!s:>10} paid by test card")
        return order

    # What comes back ----------------------------------------------------------------------

    def _give_back(
        self, now: datetime, order: dict[str, Any], who: tuple[int, int], how: str
    ) -> None:
        """A refund by its buyer or, in part, by its seller; or the buyer's bank takes it back."""
        shelf, buyer = who
        seller, line = SHELVES[shelf].seller, f"demo: {now:%a %d %b}  "
        if how.startswith("disputed"):
            self._dispute(order, seller, how)
            print(f"{line}{BUYERS[buyer]:<9} {order['order_number']}  {how}")
            return
        by_buyer = how.startswith("asked")
        body = {"reason": "it does not run here"} | ({} if by_buyer else {"amount": how})
        asker = BUYERS[buyer] if by_buyer else seller
        refund = self._post(asker, f"/orders/{order['order_id']}/refund", body)
        amount = Money(refund["amount_minor"], refund["currency"])
        print(f"{line}{asker:<9} {order['order_number']}  {amount!s:>10} refunded")

    def _dispute(self, order: dict[str, Any], seller: str, how: str) -> None:
        """The bank's part is played by the sandbox's control plane, the seller's by the API."""
        charges = self._stripe.charges.list({"transfer_group": order["order_id"]}).data
        charge = next(found for found in charges if found.paid)
        opened = self._sandbox.post(f"/_sandbox/charges/{charge.id}/dispute", json={})
        dispute_id = opened.raise_for_status().json()["id"]
        self._settle()
        if "contested" in how:
            body = {"evidence": {"uncategorized_text": "winning_evidence"}, "final": True}
            self._post(seller, f"/disputes/{dispute_id}/evidence", body)
        elif "accepted" in how:
            self._sandbox.post(f"/_sandbox/disputes/{dispute_id}/lost").raise_for_status()

    def _decline(self, intent: str, line: str) -> None:
        try:
            self._stripe.payment_intents.confirm(intent, {"payment_method": DECLINED})
        except stripe.CardError as error:
            print(f"{line}  declined ({error.code}); the buyer tries another card")

    # Subscribers --------------------------------------------------------------------------

    def _subscribe(self, now: datetime, user: str, tier: str) -> None:
        line = f"demo: {now:%a %d %b}  {user:<9} {tier:<13}"
        if self._get(user, "/subscription")["subscription"]["status"] == "active":
            self._put(user, "/subscription", {"tier": tier})
            print(f"{line}  the difference charged to the card on file")
            return
        begun = self._post(user, "/subscription", {"tier": tier})
        intent = str(begun["stripe_client_secret"]).split("_secret_")[0]
        self._stripe.payment_intents.confirm(intent, {"payment_method": VISA})
        amount = Money(begun["price_minor"], begun["currency"])
        print(f"{line}  {amount!s:>10} a month, subscribed")

    def _post(self, user_id: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Idempotency-Key": new_id()}
        return self._asked("POST", path, user_id, json=body, headers=headers)

    def _put(self, user_id: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._asked("PUT", path, user_id, json=body, headers={})

    def _get(self, user_id: str, path: str) -> dict[str, Any]:
        return self._asked("GET", path, user_id, headers={})

    def _asked(
        self, method: str, path: str, user_id: str, *, headers: dict[str, str], json: Any = None
    ) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self._world.token(user_id)}"
        answer = self._api.request(method, path, json=json, headers=headers)
        if answer.is_error:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text}")
        return dict(answer.json())


def _iso(moment: datetime) -> str:
    return moment.isoformat()
