"""What must hold: after every step of what the step added, and at rest of everything."""

from collections import Counter

from model.book import BY_OBJECT, Key, breaks_bound

from machine.telling import OUTCOMES, tell
from machine.town import Town

_ADDED = """
SELECT p.position, a.code, p.currency, p.amount_minor, coalesce(p.object_id, '')
  FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
 WHERE p.position > %s ORDER BY p.position, p.line
"""
_BALANCES = "SELECT code, currency, balance_minor FROM ledger.accounts WHERE balance_minor <> 0"


class Wrong(AssertionError):
    """The product does not do what the model, Stripe or the rules of the books say."""


def right_if(condition: object, what: str) -> None:
    if not condition:
        raise Wrong(what)


class Watch:
    """Follows the ledger entry by entry, so that a check costs what was added, not what is."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._seen = 0
        self._balances: Counter[tuple[str, str]] = Counter()
        self.entries = 0

    def step(self) -> None:
        """Each entry sums to zero and leaves every account within its bound; the model agrees."""
        town = self._town
        added = town.core.store.page(self._seen, 10_000)
        if not added:
            return
        lines: Counter[Key] = Counter()
        sums: Counter[tuple[int, str]] = Counter()
        rows = town.database.execute(_ADDED, (self._seen,)).fetchall()
        for position, account, currency, amount, thing in rows:
            lines[account, currency, thing if account in BY_OBJECT else ""] += amount
            sums[position, currency] += amount

        self.entries += len(sums)
        right_if(not any(sums.values()), f"an entry does not sum to zero: {sums}")
        self._check_bounds(rows)
        for recorded in added:
            tell(town, recorded)
        for order_id in town.ours:
            town.model.check_exposure(order_id)
        town.ours.clear()
        self._seen = added[-1].position
        ours = {key: amount for key, amount in lines.items() if amount}
        theirs = town.model.book.written()
        if ours != theirs:
            events = [f"{recorded.stream}: {recorded.event}" for recorded in added]
            raise Wrong("\n".join([*_difference(ours, theirs), *events]))

    def _check_bounds(self, rows: list[tuple[int, str, str, int, str]]) -> None:
        position, touched = 0, set[tuple[str, str]]()
        for at, account, currency, amount, _ in [*rows, (-1, "", "", 0, "")]:
            if at != position:
                for name, unit in touched:
                    balance = self._balances[name, unit]
                    right_if(not breaks_bound(name, balance), f"{name} is {balance} at {position}")
                position, touched = at, set()
            self._balances[account, currency] += amount
            touched.add((account, currency))

    def rest(self) -> None:
        """Everything was delivered, read and done: the books are the model's and Stripe's."""
        self.step()
        self._check_nothing_waits()
        self._check_balances()
        self._check_stripes_balance()
        self._check_what_is_unexplained()
        self._check_sellers()
        self._check_everything_is_known()
        overdue = self._town.model.overdue(self._town.clock.now())
        right_if(not overdue, f"overdue at rest: {overdue}")

    def _check_nothing_waits(self) -> None:
        counts = self._town.core.inbox.counts()
        notes = "SELECT note FROM operations.inbox_work"
        if any(counts.values()):
            raise Wrong(f"{counts} receipts: {self._town.database.execute(notes).fetchall()}")

    def _check_balances(self) -> None:
        rows = self._town.database.execute(_BALANCES).fetchall()
        stored = {(code, currency): balance for code, currency, balance in rows}
        kept = {key: balance for key, balance in self._balances.items() if balance}
        right_if(stored == kept, f"balances are not the sums of postings: {stored} {kept}")
        model = self._town.model.book.balances
        ours = {(*key, ""): balance for key, balance in stored.items()}
        theirs = {(*key, ""): balance for key, balance in model.items() if balance}
        right_if(ours == theirs, "\n".join(_difference(ours, theirs)))

    def _check_stripes_balance(self) -> None:
        answer = self._town.people.balance.retrieve()
        for ours, theirs in (("pending", answer.pending), ("available", answer.available)):
            for part in theirs:
                kept = self._balances[f"stripe:{ours}", part.currency.upper()]
                right_if(kept == part.amount, f"stripe:{ours} is {kept}, at Stripe {part.amount}")

    def _check_what_is_unexplained(self) -> None:
        book = self._town.model.book
        left, waiting = book.left("stripe:uncleared"), self._refunds_without_money()
        right_if(left == waiting, f"uncleared: {left}; Stripe waits with {waiting}")
        named: Counter[tuple[str, str]] = Counter()
        for found in self._town.model.breaks.all.values():
            named[found.currency, found.thing] -= found.amount
        unnamed = {
            key: (amount, named[key])
            for key, amount in book.left("suspense:stripe").items()
            if amount != named[key]
        }
        right_if(not unnamed, f"in suspense, and of breaks: {unnamed}")

    def _refunds_without_money(self) -> dict[tuple[str, str], int]:
        """Refunds that Stripe has made but not paid: its available balance is short."""
        waiting = {}
        for refund in self._town.world.all("", "refund"):
            if not refund["balance_transaction"] and refund["status"] == "pending":
                booked = self._town.model.booked_refund(refund["charge"], refund["id"])
                waiting[booked[0], refund["id"]] = -booked[1]
        return {key: amount for key, amount in waiting.items() if amount}

    def _check_sellers(self) -> None:
        """What was transferred is what the books let out; money in = out + held."""
        town = self._town
        out: Counter[tuple[str, str]] = Counter()
        for transfer in town.world.all("", "transfer"):
            owner = transfer["metadata"]["seller_id"], transfer["currency"].upper()
            out[owner] += transfer["amount"] - transfer["amount_reversed"]
        held: Counter[tuple[str, str]] = Counter()
        for (account, currency), balance in self._balances.items():
            if account.startswith("seller:") and not account.endswith(":receivable"):
                held[account.split(":")[1], currency] -= balance
        come = town.model.earned()
        for owner in out.keys() | held.keys() | come.keys():
            lent = town.model.debts.claimed(*owner)  # a debt, also one that was given up
            right_if(
                come[owner] + lent == out[owner] + held[owner],
                f"{owner}: in {come[owner]}, owed {lent}, out {out[owner]}, held {held[owner]}",
            )

    def _check_everything_is_known(self) -> None:
        """Each of Stripe's facts is in the books once; the model has refused a second time."""
        world, model = self._town.world, self._town.model
        moved = {row["id"] for row in world.all("", "balance_transaction")}
        right_if(moved == model.stripe.booked, f"not booked: {moved - model.stripe.booked}")
        charged = {row["id"] for row in world.all("", "charge") if row["paid"]}
        known = model.sales.by_charge.keys() | model.unexpected.by_charge.keys()
        right_if(charged == known, f"charges: {charged ^ known}")
        payouts = model.payouts
        for kind, booked in (
            ("transfer", payouts.by_transfer),
            ("transfer_reversal", payouts.by_reversal),
        ):
            there = {row["id"] for row in world.all("", kind)}
            right_if(there == booked.keys(), f"{kind}: {there ^ booked.keys()}")
        hanging = [p for p in payouts.all.values() if p.stage in {"requested", "dispatched"}]
        right_if(not hanging, f"neither sent nor waiting: {hanging}")
        self._check_refunds()
        self._check_disputes()

    def _check_refunds(self) -> None:
        sales = self._town.model.sales.by_charge.values()
        made = [refund for sale in sales for refund in sale.refunds.values() if refund.stripe_id]
        booked = {refund.stripe_id: refund.stage for refund in made}
        returns = self._town.model.unexpected.returns
        booked |= {refund_id: made.stage for refund_id, made in returns.items()}
        there = {row["id"]: row["status"] for row in self._town.world.all("", "refund")}
        right_if(there.keys() == booked.keys(), f"refunds: {there.keys() ^ booked.keys()}")
        for identifier, stage in booked.items():
            ended = there[identifier] in {"failed", "canceled"}
            right_if(
                (stage == "ended") == ended,
                f"{identifier} is {there[identifier]} at Stripe, {stage} here",
            )
        approved = [r for s in sales for r in s.refunds.values() if r.stage == "approved"]
        right_if(not approved, f"approved, and never asked of Stripe: {approved}")

    def _check_disputes(self) -> None:
        sales = self._town.model.sales.by_charge.values()
        booked = {id_: dispute for sale in sales for id_, dispute in sale.disputes.items()}
        unexpected = self._town.model.unexpected.by_charge
        rows = self._town.world.all("", "dispute")
        there = {row["id"]: row for row in rows if row["charge"] not in unexpected}
        right_if(there.keys() == booked.keys(), f"disputes: {there.keys() ^ booked.keys()}")
        for identifier, dispute in booked.items():
            status = there[identifier]["status"]
            right_if(
                dispute.outcome == OUTCOMES.get(status, "")
                and dispute.moved == {t["id"] for t in there[identifier]["balance_transactions"]},
                f"{status} at Stripe: {dispute}",
            )


def _difference(ours: dict[Key, int], theirs: dict[Key, int]) -> list[str]:
    return [
        f"{' '.join(key)}: the ledger has {ours.get(key, 0)}, the model {theirs.get(key, 0)}"
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key, 0) != theirs.get(key, 0)
    ]
