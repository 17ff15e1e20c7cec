"""The books as hledger's journal (https://hledger.org/1.25/hledger.html#journal-format).

`hledger check --strict` accepts them: every account and commodity is declared.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from mywork.domain.money import decimal_text, exponent
from mywork.exports.books import Account, BookEntry
from mywork.exports.names import account_name
from mywork.exports.wording import day, moment, narration, one_line, payee

suffix = ".journal"

_TYPES = {"asset": "A", "liability": "L", "equity": "E", "income": "R", "expense": "X"}


def opening(accounts: Sequence[Account], on: date) -> Iterator[str]:
    yield "; MyWork\n\n"
    for currency in sorted({account.currency for account in accounts}):
        yield f"commodity {_commodity(currency)}\n"
    yield "\n"
    for code, kind in dict.fromkeys((account.code, account.kind) for account in accounts):
        name = account_name(code, kind)
        yield f"account {name}  ; type:{_TYPES[kind]}, account:{_comment(code)}\n"
    yield "\n"
    begun = [account for account in accounts if account.opening_minor]
    if begun:
        yield f"{on} * Opening balances\n"
        yield from (_line(account, account.opening_minor) for account in begun)
        yield "\n"


def transaction(entry: BookEntry) -> str:
    who, what = _comment(payee(entry)).replace("|", "/"), _comment(narration(entry))
    lines = [
        f"{day(entry.effective_at)} * ({entry.position}) {who} | {what}\n",
        f"    ; event:{entry.event}, period:{entry.period}\n",
        f"    ; stream:{_comment(entry.stream)}\n",
        f"    ; effective:{moment(entry.effective_at)}, booked:{moment(entry.booked_at)}\n",
    ]
    for line in entry.lines:
        amount = f"{decimal_text(line.amount_minor, line.currency)} {line.currency}"
        known = f"  ; stripe:{_comment(line.object_id)}" if line.object_id else ""
        lines.append(f"    {account_name(line.code, line.kind)}  {amount}{known}\n")
    return "".join((*lines, "\n"))


def include(key: str) -> str:
    return f"include {key}\n"


def closing(accounts: Sequence[Account], on: date) -> Iterator[str]:
    """A transaction that moves nothing and asserts every balance."""
    if not accounts:
        return
    yield f"\n{on} * Closing balances\n"
    for account in accounts:
        asserted = decimal_text(account.closing_minor, account.currency)
        yield f"{_line(account, 0).rstrip()} = {asserted} {account.currency}\n"


def _line(account: Account, amount_minor: int) -> str:
    name = account_name(account.code, account.kind)
    return f"    {name}  {decimal_text(amount_minor, account.currency)} {account.currency}\n"


def _commodity(currency: str) -> str:
    """An example of how amounts are written; hledger wants the decimal mark in any case."""
    digits = exponent(currency)
    return f"1000.{'0' * digits} {currency}"


def _comment(text: str) -> str:
    """On one line, without what begins a comment or ends a tag's value."""
    return one_line(text).replace(";", ",")
