"""What people read on a terminal: tables that line up, bars that move; JSON where asked."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from mywork.application.debts import Collected
from mywork.application.forecast import Waiting
from mywork.application.payouts import PayoutDecision
from mywork.application.receivables import AGES, Receivable
from mywork.domain.money import Money, decimal_text
from mywork.ledger.fees import FeeRow
from mywork.ledger.statement import Statement
from mywork.ledger.trial_balance import Row, TrialBalance
from mywork.ledger.uncleared import Uncleared
from mywork.projections.documents import moment

Report = Callable[[int, int], None]


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


def console() -> Console:
    """Made when needed, so that it sees the present standard output."""
    return Console(highlight=False)


def trial_balance(found: TrialBalance, *, as_json: bool = False) -> None:
    if as_json:
        _print_json(
            {
                "balanced": found.balanced,
                "accounts": [
                    {
                        "account": row.account,
                        "currency": row.currency,
                        "debit_minor": row.debit_minor,
                        "credit_minor": row.credit_minor,
                    }
                    for row in found.rows
                ],
            }
        )
        return
    table = _table("Trial balance", ("account", "currency"), ("debit", "credit"))
    for row in found.rows:
        if row.balance_minor:
            table.add_row(row.account, row.currency, *_sides(row))
    table.add_section()
    for currency, (debit, credit) in sorted(found.totals().items()):
        difference = decimal_text(debit - credit, currency)
        totals = decimal_text(debit, currency), decimal_text(credit, currency)
        table.add_row(f"difference {difference}", currency, *totals)
    console().print(table)


def _sides(row: Row) -> tuple[str, str]:
    debit = row.text(row.debit_minor) if row.debit_minor else ""
    credit = row.text(row.credit_minor) if row.credit_minor else ""
    return debit, credit


def statement(found: Statement, *, as_json: bool = False) -> None:
    if as_json:
        _print_json(asdict(found) | {"closing": found.closing})
        return
    title = f"{found.seller_id}, {found.currency}"
    table = _table(title, ("at", "what", "of"), ("amount", "balance"))
    opening, closing = (sum(stages.values()) for stages in (found.opening, found.closing))
    period, code = found.period, found.currency
    table.add_row(_minute(period.since), "Opening", "", "", decimal_text(opening, code))
    for line in found.lines:
        amounts = decimal_text(line.amount_minor, code), decimal_text(line.balance_minor, code)
        said = line.words
        table.add_row(_minute(line.effective_at), said.text, said.reference, *amounts)
    table.add_row(_minute(period.until), "Closing", "", "", decimal_text(closing, code))
    table.add_section()
    for stage, amount_minor in found.closing.items():
        if amount_minor:
            table.add_row("", stage.replace("_", " "), "", "", decimal_text(amount_minor, code))
    console().print(table)


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def fees(
    rows: Sequence[FeeRow], unknown: Sequence[tuple[str, str]], *, as_json: bool = False
) -> None:
    """`unknown` are orders (stream, number) whose actual fee has not been heard of."""
    if as_json:
        named = [{"order": number, "stream": stream} for stream, number in unknown]
        _print_json({"rows": [_fee(row) for row in rows], "not_known_yet": named})
        return
    table = _table("Fees", ("of", "fee"), ("quoted", "actual", "variance"), ("",))
    for row in rows:
        name, note = row.order_number or row.key, "" if row.known else "not settled yet"
        charged = row.quoted_minor, row.actual_minor, row.variance_minor
        table.add_row(name, "processing", *_amounts(charged, row.currency), note)
        if row.dispute_quoted_minor or row.dispute_actual_minor:
            disputed = row.dispute_quoted_minor, row.dispute_actual_minor
            amounts = _amounts((*disputed, row.dispute_variance_minor), row.currency)
            table.add_row(name, "disputes", *amounts, "")
    console().print(table if rows else "no fees in this period")
    if unknown:
        console().print(f"not settled yet: {', '.join(number for _, number in unknown)}")


def _amounts(amounts_minor: Sequence[int], currency: str) -> list[str]:
    return [str(Money(amount_minor, currency)) for amount_minor in amounts_minor]


def _fee(row: FeeRow) -> dict[str, Any]:
    return asdict(row) | {
        "variance_minor": row.variance_minor,
        "dispute_variance_minor": row.dispute_variance_minor,
    }


def uncleared(found: Sequence[Uncleared], *, as_json: bool = False) -> None:
    if as_json:
        _print_json([asdict(item) for item in found])
        return
    table = _table("Uncleared", ("object", "since"), ("amount",), ("fact of",))
    for item in found:
        amount = str(Money(item.amount_minor, item.currency))
        table.add_row(item.object_id, _minute(item.since), amount, item.stream)
    console().print(table if found else "every fact has met its balance transaction")


def seller_balances(balances: Sequence[tuple[str, str, dict[str, int]]]) -> None:
    """Rows of seller, currency and minor units by life stage; stages that stand empty are not."""
    usual = {"pending", "available", "paid_out"}
    standing = {stage for _, _, amounts in balances for stage, minor in amounts.items() if minor}
    stages = [stage for stage in STAGES if stage in usual | standing]
    table = _table("Sellers", ("seller", "currency"), tuple(s.replace("_", " ") for s in stages))
    for seller, currency, amounts in balances:
        table.add_row(
            seller, currency, *(decimal_text(amounts.get(stage, 0), currency) for stage in stages)
        )
    console().print(table)


def refunds(found: Sequence[dict[str, Any]], *, as_json: bool = False) -> None:
    """Refunds as their orders tell them, with the order's number."""
    if as_json:
        _print_json(list(found))
        return
    table = _table("Refunds", ("order", "refund", "status", "asked by"), ("amount",), ("reason",))
    for refund in found:
        amount = str(Money(refund["amount_minor"], refund["currency"]))
        names = (refund["order_number"], refund["id"], refund["status"], refund["asked_by"])
        table.add_row(*names, amount, refund["note"] or refund["reason"])
    console().print(table if found else "nothing was refunded")


def disputes(found: Sequence[dict[str, Any]], *, as_json: bool = False) -> None:
    """Disputes, with what they cost their seller and until when to answer."""
    if as_json:
        _print_json(list(found))
        return
    numbers = ("amount", "cost")
    table = _table("Disputes", ("dispute", "seller", "status"), numbers, ("answer by", "reason"))
    for dispute in found:
        amount = str(Money(dispute["amount_minor"], dispute["currency"]))
        cost = str(Money(dispute["cost_minor"], dispute["owed_currency"]))
        due_by = dispute["evidence_due_by"] or ""
        names = (dispute["id"], dispute["seller_id"], dispute["status"])
        table.add_row(*names, amount, cost, due_by[:16].replace("T", " "), dispute["reason"])
    console().print(table if found else "nothing is disputed")


def payout_decisions(decisions: Sequence[PayoutDecision], *, as_json: bool = False) -> None:
    if as_json:
        _print_json([_decision(decision) for decision in decisions])
        return
    table = _table("Payouts", ("seller",), ("available", "pays", "waits"), ("because",))
    for decision in decisions:
        paid, currency = decision.requested, decision.balance.currency
        pays = str(Money(paid.amount_minor, currency)) if paid else ""
        rows = [("", str(decision.refusal))] if decision.refusal else []
        rows += [_waiting(part, currency) for part in decision.waiting]
        first, *rest = rows or [("", "")]
        table.add_row(decision.seller_id, str(decision.balance), pays, *first)
        for row in rest:
            table.add_row("", "", "", *row)
    console().print(table if decisions else "no seller is owed anything")


def _waiting(part: Waiting, currency: str) -> tuple[str, str]:
    until = f" until {part.until:%Y-%m-%d}" if part.until else ""
    amount = Money(part.amount_minor, currency)
    return str(amount), part.reason.replace("_", " ") + until


def _decision(decision: PayoutDecision) -> dict[str, Any]:
    return {
        "seller": decision.seller_id,
        "currency": decision.balance.currency,
        "available_minor": decision.balance.amount_minor,
        "payout_minor": decision.requested.amount_minor if decision.requested else 0,
        "why_not": str(decision.refusal or ""),
        "waiting": [
            {"reason": part.reason, "amount_minor": part.amount_minor, "until": moment(part.until)}
            for part in decision.waiting
        ],
    }


def collected(found: Sequence[Collected], *, as_json: bool = False) -> None:
    if as_json:
        _print_json(
            [
                {
                    "seller": item.seller_id,
                    "currency": item.became_debt.currency,
                    "became_debt_minor": item.became_debt.amount_minor,
                    "recouped_minor": item.recouped.amount_minor,
                    "why_not": item.why_not,
                }
                for item in found
            ]
        )
        return
    table = _table("Debts", ("seller",), ("became a debt", "recouped"), ("why not",))
    for item in found:
        table.add_row(item.seller_id, str(item.became_debt), str(item.recouped), item.why_not)
    console().print(table if found else "nothing is overdue, and nothing can be recouped")


def receivables(found: Sequence[Receivable], *, as_json: bool = False) -> None:
    if as_json:
        _print_json([asdict(item) for item in found])
        return
    ages = tuple(f"{age.replace('_', '-')} days" for age in AGES)
    table = _table("Receivables", ("seller",), (*ages, "written off"), ("since", "proposed"))
    for item in found:
        amounts = _amounts([*item.ages.values(), item.written_off_minor], item.currency)
        since = f"{item.since:%Y-%m-%d}" if item.since else ""
        proposed = str(Money(item.proposed_minor, item.currency)) if item.proposed_minor else ""
        table.add_row(item.seller_id, *amounts, since, proposed)
    console().print(table if found else "no seller owes anything")


def projections(found: Sequence[Any], *, as_json: bool = False) -> None:
    if as_json:
        _print_json([_as_dict(status) for status in found])
        return
    table = _table("Projections", ("name",), ("position", "lag"), ("runner", "state"))
    for status in found:
        table.add_row(
            status.name,
            f"{status.position:,}",
            f"{status.lag:,}",
            "running" if status.running else "none",
            status.state,
        )
    console().print(table)


def _as_dict(status: Any) -> dict[str, Any]:
    return {name: getattr(status, name) for name in type(status).__slots__}


def with_progress(title: str, work: Callable[[Report], object]) -> None:
    """Run `work`, which reports (done, total), under a bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console()) as progress:
        task = progress.add_task(title, total=None)
        work(lambda done, total: progress.update(task, completed=done, total=total))


def _table(
    title: str, texts: Sequence[str], numbers: Sequence[str], more: Sequence[str] = ()
) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for name in texts:
        table.add_column(name, overflow="fold")  # an id that is cut cannot be used
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for name in more:
        table.add_column(name, overflow="fold")
    return table


def _print_json(document: Any) -> None:
    print(orjson.dumps(document, default=str, option=orjson.OPT_INDENT_2).decode())
