"""What sellers have, and what a run of payouts would do."""

from collections.abc import Sequence

from mywork.documents.balance import SellerStanding
from mywork.documents.payouts import PlannedPayout, WaitingMoney
from mywork.domain.money import Money, decimal_text
from mywork.rendering.terminal import console, print_documents, table_of

STAGES = (
    "pending",
    "reserve",
    "refunding",
    "disputed",
    "available",
    "receivable",
    "in_payout",
    "paid_out",
)
USUAL = frozenset({"pending", "available", "paid_out"})


def seller_balances(sellers: Sequence[SellerStanding]) -> None:
    """By life stage; stages that stand empty are not shown."""
    stages = [
        stage
        for stage in STAGES
        if stage in USUAL or any(getattr(seller, f"{stage}_minor") for seller in sellers)
    ]
    table = table_of("Sellers", ("seller", "currency"), tuple(s.replace("_", " ") for s in stages))
    for seller in sellers:
        minor = [getattr(seller, f"{stage}_minor") for stage in stages]
        amounts = [decimal_text(amount_minor, seller.currency) for amount_minor in minor]
        table.add_row(seller.seller_id, seller.currency, *amounts)
    console().print(table)


def planned_payouts(found: Sequence[PlannedPayout], *, as_json: bool = False) -> None:
    if as_json:
        print_documents(found)
        return
    table = table_of("Payouts", ("seller",), ("available", "pays", "waits"), ("because",))
    for planned in found:
        pays = str(Money(planned.payout_minor, planned.currency)) if planned.payout_minor else ""
        rows = [("", planned.why_not)] if planned.why_not else []
        rows += [_waiting(part, planned.currency) for part in planned.waiting]
        first, *rest = rows or [("", "")]
        available = str(Money(planned.available_minor, planned.currency))
        table.add_row(planned.seller_id, available, pays, *first)
        for row in rest:
            table.add_row("", "", "", *row)
    console().print(table if found else "no seller is owed anything")


def _waiting(part: WaitingMoney, currency: str) -> tuple[str, str]:
    until = f" until {part.until:%Y-%m-%d}" if part.until else ""
    return str(Money(part.amount_minor, currency)), part.reason.replace("_", " ") + until
