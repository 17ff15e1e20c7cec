"""Orders placed, paid, granted or expired; the hold and the reserve."""

from datetime import datetime, timedelta

from model.arithmetic import divided, half_up
from model.book import Book, impossible_unless
from model.conversion import convert
from model.sale import Sale

PAYABLE_FOR, HOLD, RESERVE_FOR = timedelta(hours=24), timedelta(days=7), timedelta(days=30)
WINDOW = timedelta(days=14)
UNCLEARED, SUSPENSE = "stripe:uncleared", "suspense:stripe"
COMMISSION, PROCESSING = "revenue:commission", "recovery:processing"


class Sales:
    def __init__(self, book: Book) -> None:
        self._book = book
        self.all: dict[str, Sale] = {}
        self.by_charge: dict[str, Sale] = {}
        self._waiting: dict[str, Sale] = {}  # for the clock: payable or not released

    def placed(
        self, order_id: str, *, seller: str, currency: str, price: int, at: datetime
    ) -> None:
        impossible_unless(order_id not in self.all, f"{order_id} is placed twice")
        parts = divided(price, currency)
        sale = Sale(order_id, seller, currency, price, parts, expires=at + PAYABLE_FOR)
        self.all[order_id] = self._waiting[order_id] = sale

    def granted(self, order_id: str) -> None:
        sale = self._payable(order_id)
        impossible_unless(sale.price == 0, f"{order_id} is not free")
        sale.state = "granted"
        del self._waiting[order_id]

    def expired(self, order_id: str, at: datetime) -> None:
        sale = self._payable(order_id)
        impossible_unless(at >= sale.expires, f"{order_id} expires only at {sale.expires}")
        sale.state = "expired"
        del self._waiting[order_id]

    def paid(self, order_id: str, charge: str, amount: int, at: datetime) -> None:
        sale = self._payable(order_id)
        impossible_unless(amount == sale.price, f"{charge} pays {amount}, not {sale.price}")
        sale.state, sale.charge, sale.paid_at = "paid", charge, at
        self.by_charge[charge] = sale
        seller, commission, processing = sale.parts
        sale.pending = seller
        self._book.post(
            sale.owed,
            at,
            debit=[(UNCLEARED, amount, charge)],
            credit=[
                (f"seller:{sale.seller}:pending", seller),
                (COMMISSION, commission),
                (PROCESSING, processing),
            ],
        )

    def converted(self, order_id: str, currency: str, amount: int, at: datetime) -> None:
        """Stripe settled the payment in another currency."""
        sale = self.known(order_id)
        impossible_unless(sale.owed == sale.currency != currency, f"{order_id} is converted twice")
        convert(sale, self._book, currency, amount, at)

    def released(self, order_id: str, at: datetime) -> None:
        """What is left of the seller's part, a reserve less."""
        sale = self.known(order_id)
        impossible_unless(sale.paid_at and at >= sale.paid_at + HOLD, f"{order_id} is on hold")
        impossible_unless(not sale.stopped, f"{order_id} is disputed and cannot be released")
        impossible_unless(not sale.released, f"{order_id} is released twice")
        sale.released = True
        kept = half_up(sale.pending * sale.reserve_rate)
        amount, sale.pending = sale.pending - kept, 0
        sale.available += amount
        sale.reserve += kept
        sale.reserve_until = at + RESERVE_FOR if kept else None
        if not kept:
            del self._waiting[order_id]
        stages = f"seller:{sale.seller}"
        self._book.post(
            sale.owed,
            at,
            debit=[(f"{stages}:pending", amount + kept)],
            credit=[(f"{stages}:available", amount), (f"{stages}:reserve", kept)],
        )

    def reserve_released(self, order_id: str, at: datetime) -> None:
        sale = self.known(order_id)
        until = sale.reserve_until
        impossible_unless(until and at >= until, f"{order_id} keeps its reserve until {until}")
        impossible_unless(not sale.stopped, f"{order_id} is disputed and cannot be released")
        amount, sale.reserve = sale.reserve, 0
        sale.available += amount
        sale.reserve_until = None
        del self._waiting[order_id]
        self._book.post(
            sale.owed,
            at,
            debit=[(f"seller:{sale.seller}:reserve", amount)],
            credit=[(f"seller:{sale.seller}:available", amount)],
        )

    def known(self, order_id: str) -> Sale:
        sale = self.all.get(order_id)
        impossible_unless(sale and sale.state == "paid", f"{order_id} was not paid")
        assert sale is not None
        return sale

    def _payable(self, order_id: str) -> Sale:
        sale = self.all.get(order_id)
        impossible_unless(sale and sale.state == "payable", f"{order_id} is not payable: {sale}")
        assert sale is not None
        return sale

    def overdue(self, now: datetime) -> list[str]:
        late = []
        for sale in self._waiting.values():
            if sale.state == "payable" and now >= sale.expires:
                late.append(f"{sale.id} should have expired at {sale.expires}")
            elif sale.paid_at and not sale.stopped and not sale.released:
                late += [f"{sale.id} is held"] * (now >= sale.paid_at + HOLD)
            elif sale.reserve_until and not sale.stopped and sale.reserve:
                late += [f"{sale.id} keeps a reserve"] * (now >= sale.reserve_until)
        return late
