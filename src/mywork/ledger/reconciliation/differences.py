"""Naming a difference: pure, one at most for each transaction, the gravest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mywork.domain.breaks.difference_messages import DifferenceKind, Evidence, Figures
from mywork.domain.money import Money
from mywork.domain.reconciliation import ComparedBalance
from mywork.ledger.reconciliation.sides import LedgerSide, Pair, StatementSide


@dataclass(frozen=True, slots=True)
class Difference:
    """`subject` names what differs: a transaction, a currency, a line of a statement.

    `amount_minor` of `currency` is by how much theirs is above ours, or the amount of the side
    that is alone. `stream` is whose it is, as far as the books know.
    """

    kind: DifferenceKind
    subject: str
    object_id: str
    currency: str
    amount_minor: int
    detail: str
    evidence: Evidence
    stream: str = ""

    @property
    def break_id(self) -> str:
        """The same difference has the same break, whoever finds it and however often."""
        return f"{self.kind}-{self.subject}"

    @property
    def transaction_id(self) -> str:
        return self.subject if self.subject.startswith("txn_") else ""


def difference_of(pair: Pair) -> Difference | None:
    """What differs between two sides that are not plainly equal; None where nothing does."""
    if not pair.ledger:
        return _missing_here(pair)
    if not pair.statement:
        return _missing_there(pair)
    statement, ledger = pair.statement[0], pair.ledger
    if len(pair.statement) > 1:
        detail = f"{pair.transaction_id} is told {len(pair.statement)} times, and happened once"
        return _differs("duplicate", pair, 0, detail)
    if {line.currency for line in ledger} != {statement.currency}:
        return _currency_differs(pair)
    ours = figures_of(ledger, statement)
    if any(line.corrects for line in ledger) and ours.net_minor == statement.net_minor:
        return None  # a person's entry has set it right
    settling = [line for line in ledger if not line.corrects]
    if len({line.position for line in settling}) > 1:
        detail = f"{pair.transaction_id} was posted by {len(settling)} events, and happened once"
        return _differs("duplicate", pair, statement.net_minor - ours.net_minor, detail)
    return _of_figures(pair, statement, ours)


def of_balance(found: ComparedBalance, position: int, at: datetime) -> Difference:
    """Stripe's balance is another, and no transaction says why; compared at a position and time."""
    currency, ours_minor = found.currency, found.ours_minor + found.explained_minor
    detail = (
        f"Stripe reports {Money(found.theirs_minor, currency)}; the books, with what is under way "
        f"or known to differ, {Money(ours_minor, currency)}"
    )
    evidence = Evidence(
        source="stripe",
        references=(f"balance:{currency}",),
        positions=(position,),
        theirs=Figures(currency, found.theirs_minor, 0, at),
        ours=Figures(currency, ours_minor, 0, at),
    )
    return Difference(
        kind="balance_differs",
        subject=currency,
        object_id=f"balance:{currency}",
        currency=currency,
        amount_minor=found.unexplained_minor,
        detail=detail,
        evidence=evidence,
    )


def _of_figures(pair: Pair, statement: StatementSide, ours: Figures) -> Difference | None:
    name, currency = pair.transaction_id, statement.currency
    if ours.amount_minor != statement.amount_minor:
        detail = _says(name, "moved", statement.amount_minor, ours.amount_minor, currency)
        return _differs("amount_differs", pair, statement.amount_minor - ours.amount_minor, detail)
    if ours.fee_minor != statement.fee_minor:
        detail = _says(name, "cost", statement.fee_minor, ours.fee_minor, currency)
        return _differs("fee_differs", pair, statement.fee_minor - ours.fee_minor, detail)
    if ours.at != statement.at:
        theirs_at, ours_at = statement.at.isoformat(), ours.at.isoformat()
        detail = f"{name} happened {theirs_at} says Stripe, {ours_at} the books"
        return _differs("date_differs", pair, 0, detail)
    return None


def figures_of(ledger: Sequence[LedgerSide], statement: StatementSide | None) -> Figures:
    """What the books say as Stripe would: the amount before the fee, and the fee.

    Where the whole amount is a fee, or where entries of persons are among it, the expense
    accounts do not tell the two apart, and Stripe's fee is taken for granted.
    """
    first = ledger[0]
    net_minor = sum(line.net_minor for line in ledger if line.currency == first.currency)
    if any(line.is_fee or line.corrects for line in ledger):
        fee_minor = statement.fee_minor if statement else 0
    else:
        fee_minor = sum(line.expense_minor for line in ledger if line.currency == first.currency)
    at = min(line.at for line in ledger)
    return Figures(first.currency, net_minor + fee_minor, fee_minor, at)


def _missing_here(pair: Pair) -> Difference | None:
    statement = pair.statement[0]
    if not statement.amount_minor and not statement.fee_minor:
        return None  # nothing moved, so nothing was posted
    detail = (
        f"Stripe has {pair.transaction_id}, a {statement.category} of "
        f"{Money(statement.amount_minor, statement.currency)}, and the books have not posted it"
    )
    return _differs("missing_here", pair, statement.amount_minor, detail)


def _missing_there(pair: Pair) -> Difference | None:
    ours = figures_of(pair.ledger, None)
    corrected = any(line.corrects for line in pair.ledger)
    if corrected and not sum(line.net_minor for line in pair.ledger):
        return None
    detail = (
        f"the books posted {pair.transaction_id} of {Money(ours.amount_minor, ours.currency)}, "
        "and Stripe does not have it"
    )
    return _differs("missing_there", pair, ours.amount_minor, detail)


def _currency_differs(pair: Pair) -> Difference:
    statement = pair.statement[0]
    ours = " and ".join(sorted({line.currency for line in pair.ledger}))
    detail = f"{pair.transaction_id} moved {statement.currency} says Stripe, {ours} the books"
    return _differs("currency_differs", pair, statement.amount_minor, detail)


def _says(name: str, verb: str, theirs: int, ours: int, currency: str) -> str:
    return f"{name} {verb} {Money(theirs, currency)} says Stripe, {Money(ours, currency)} the books"


def _differs(kind: DifferenceKind, pair: Pair, amount_minor: int, detail: str) -> Difference:
    statement = pair.statement[0] if pair.statement else None
    theirs = (
        Figures(statement.currency, statement.amount_minor, statement.fee_minor, statement.at)
        if statement
        else None
    )
    ours = figures_of(pair.ledger, statement) if pair.ledger else None
    side = theirs or ours
    named = [pair.transaction_id, *(found.object_id for found in pair.statement)]
    return Difference(
        kind=kind,
        subject=pair.transaction_id,
        object_id=(statement.object_id if statement else "") or pair.transaction_id,
        currency=side.currency if side else "",
        amount_minor=amount_minor,
        detail=detail,
        evidence=Evidence(
            source="stripe",
            references=tuple(dict.fromkeys(name for name in named if name)),
            positions=tuple(dict.fromkeys(line.position for line in pair.ledger)),
            theirs=theirs,
            ours=ours,
        ),
        stream=pair.ledger[0].stream if pair.ledger else "",
    )
