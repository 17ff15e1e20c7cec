"""Accounts as numbers: debits are positive, every posting sums to zero, bounds are kept."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

Line = tuple[str, int] | tuple[str, int, str]  # account, amount, Stripe's object
Key = tuple[str, str, str]  # account, currency, object where the account is kept by object

BY_OBJECT = {"stripe:uncleared", "suspense:stripe", "disputes:held"}
# Debit-positive: assets never below zero, debts never above.
NEVER_BELOW = {"disputes:held"}
NEVER_ABOVE = {"pending", "reserve", "refunding", "disputed", "in_payout"}  # of sellers


class Impossible(AssertionError):
    """A fact that cannot be, or comes twice."""


def impossible_unless(condition: object, what: str) -> None:
    if not condition:
        raise Impossible(what)


def breaks_bound(account: str, balance: int) -> bool:
    owner, _, rest = account.partition(":")
    stage = rest.rpartition(":")[2]
    if account in NEVER_BELOW or (owner == "seller" and stage == "receivable"):
        return balance < 0
    if account in {"subscriptions:deferred"} or (owner == "customer" and stage == "credit"):
        return balance > 0
    return owner == "seller" and stage in NEVER_ABOVE and balance > 0


class Book:
    def __init__(self) -> None:
        self.balances: Counter[tuple[str, str]] = Counter()
        self.objects: Counter[Key] = Counter()
        self._history: dict[tuple[str, str], list[tuple[datetime, int]]] = {}
        self._written: Counter[Key] = Counter()

    def post(
        self,
        currency: str,
        at: datetime,
        *,
        debit: Iterable[Line] = (),
        credit: Iterable[Line] = (),
    ) -> None:
        lines = [*debit, *((line[0], -line[1], *line[2:]) for line in credit)]
        impossible_unless(sum(line[1] for line in lines) == 0, f"an entry off balance: {lines}")
        for account, amount, *rest in lines:
            self._add(account, currency, amount, "".join(str(part) for part in rest), at)

    def _add(self, account: str, currency: str, amount: int, thing: str, at: datetime) -> None:
        if not amount:
            return
        key = account, currency
        self.balances[key] += amount
        kept_by = thing if account in BY_OBJECT else ""
        self.objects[account, currency, kept_by] += amount
        self._written[account, currency, kept_by] += amount
        if account.endswith(":available"):
            self._history.setdefault(key, []).append((at, amount))

    def written(self) -> dict[Key, int]:
        """What was posted since this was asked last, without what cancels out."""
        lines = {key: amount for key, amount in self._written.items() if amount}
        self._written.clear()
        return lines

    def owed(self, account: str, currency: str) -> int:
        """A debt's balance as a positive number."""
        return -self.balances[account, currency]

    def owed_by(self, account: str, currency: str, cutoff: datetime) -> int:
        """The same, of what had taken effect by a moment."""
        found = self._history.get((account, currency), ())
        return -sum(amount for at, amount in found if at <= cutoff)

    def least_overdrawn(self, account: str, currency: str, start: datetime, end: datetime) -> int:
        """The least that a debt stood below zero at any moment between, by effective time."""
        found = sorted(self._history.get((account, currency), ()), key=lambda line: line[0])
        owed = sum(amount for at, amount in found if at <= start)
        least = owed
        for moment in sorted({at for at, _ in found if start < at <= end}):
            owed += sum(amount for at, amount in found if at == moment)
            least = min(least, owed)
        return max(least, 0)

    def left(self, account: str) -> dict[tuple[str, str], int]:
        """What an account holds, by currency and object, where it is not zero."""
        return {
            (currency, thing): amount
            for (name, currency, thing), amount in self.objects.items()
            if name == account and amount
        }
