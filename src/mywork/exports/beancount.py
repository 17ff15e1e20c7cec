"""The books in beancount's language (https://beancount.github.io/docs/beancount_language_syntax).

Balances are asserted without tolerance: by itself beancount lets a cent pass.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from mywork.domain.money import decimal_text
from mywork.exports.books import Account, BookEntry
from mywork.exports.names import account_name
from mywork.exports.wording import day, moment, narration, one_line, payee

suffix = ".beancount"


def opening(accounts: Sequence[Account], on: date) -> Iterator[str]:
    yield 'option "title" "MyWork"\n'
    for currency in sorted({account.currency for account in accounts}):
        yield f'option "operating_currency" "{currency}"\n'
    yield "\n"
    for currency in sorted({account.currency for account in accounts}):
        yield f"{on} commodity {currency}\n"
    for (code, kind), found in groupby(accounts, key=attrgetter("code", "kind")):
        currencies = ",".join(account.currency for account in found)
        yield f"{on} open {account_name(code, kind)}  {currencies}\n"
        yield f"  account: {_quoted(code)}\n"
    yield "\n"
    lines = [_posting(account, account.opening_minor) for account in accounts]
    if any(account.opening_minor for account in accounts):
        yield f'{on} * "Opening balances"\n{"".join(filter(None, lines))}\n'


def transaction(entry: BookEntry) -> str:
    lines = [
        f"{day(entry.effective_at)} * {_quoted(payee(entry))} {_quoted(narration(entry))}\n",
        f"  position: {entry.position}\n",
        f"  event: {_quoted(entry.event)}\n",
        f"  stream: {_quoted(entry.stream)}\n",
        f"  effective: {_quoted(moment(entry.effective_at))}\n",
        f"  booked: {_quoted(moment(entry.booked_at))}\n",
        f"  period: {_quoted(entry.period)}\n",
    ]
    for line in entry.lines:
        amount = f"{decimal_text(line.amount_minor, line.currency)} {line.currency}"
        lines.append(f"  {account_name(line.code, line.kind)}  {amount}\n")
        if line.object_id:
            lines.append(f"    stripe: {_quoted(line.object_id)}\n")
    return "".join((*lines, "\n"))


def include(key: str) -> str:
    return f"include {_quoted(key)}\n"


def closing(accounts: Sequence[Account], on: date) -> Iterator[str]:
    yield "\n"
    for account in accounts:
        amount = decimal_text(account.closing_minor, account.currency)
        name = account_name(account.code, account.kind)
        yield f"{on} balance {name}  {amount} ~ 0 {account.currency}\n"


def _posting(account: Account, amount_minor: int) -> str:
    if not amount_minor:
        return ""
    name = account_name(account.code, account.kind)
    return f"  {name}  {decimal_text(amount_minor, account.currency)} {account.currency}\n"


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
