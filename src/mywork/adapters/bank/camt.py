"""A bank's statement as ISO 20022 camt.053, read as a stream; versions 02 to 13 in one.

The versions differ in their namespace, in `Sts` (a text in 02, `Sts/Cd` since 08) and in where
parties are; what we need has the same names in all of them. Only booked entries count, and an
entry is one line, however many payments the bank put into it. External entities and DTDs are
refused (https://docs.python.org/3/library/xml.html#xml-vulnerabilities).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from mywork.adapters.bank.statements import line_of, statement_of
from mywork.adapters.files import at_line, digest_of
from mywork.application.reconciliation.bank import BankStatement
from mywork.domain.errors import FileMalformed
from mywork.domain.money import parse
from mywork.ledger.reconciliation.bank import BankLine

# Where banks write what a payment was for, the most telling first.
_REFERENCES = (
    "NtryDtls/TxDtls/Refs/EndToEndId",
    "NtryDtls/TxDtls/RmtInf/Ustrd",
    "NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref",
    "NtryDtls/TxDtls/AddtlTxInf",
    "AddtlNtryInf",
    "NtryRef",
    "AcctSvcrRef",
)
_SAYS_NOTHING = frozenset({"", "NOTPROVIDED"})


@dataclass(slots=True)
class _Source:
    """Hands the parser one line at a time, so that every element has its line."""

    file: BytesIO
    line: int = 0

    def read(self, _: int = -1) -> bytes:
        found = self.file.readline()
        self.line += bool(found)
        return found


@dataclass(slots=True)
class _Read:
    lines: list[BankLine] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    account: str = ""


def read_camt(content: bytes) -> BankStatement:
    """Raises FileMalformed with the line."""
    source, read = _Source(BytesIO(content)), _Read()
    try:
        for name, element in _elements(source):
            with at_line(source.line):
                _note(read, name, element, source.line)
            if name in {"Ntry", "Bal", "Acct", "FrToDt"}:
                element.clear()  # what was read is forgotten
    except ParseError as error:
        raise FileMalformed(f"line {error.position[0]}: this is no XML: {error.msg}") from None
    except DefusedXmlException as error:
        raise FileMalformed(
            f"line {source.line}: {type(error).__name__} is not allowed in a statement"
        ) from None
    days = (min(read.days), max(read.days)) if read.days else None
    return statement_of(digest_of(content), read.lines, days)


def _elements(source: Any) -> Iterator[tuple[str, Element]]:
    """Elements as they end, by name without namespace; the first must be a statement's."""
    first = True
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        namespace, _, name = element.tag.rpartition("}")
        if first and "camt.053" not in namespace:
            raise FileMalformed(f"line {source.line}: this is no camt.053, but {element.tag[:80]}")
        first = False
        if event == "end":
            yield name, element


def _note(read: _Read, name: str, element: Element, line: int) -> None:
    match name:
        case "Stmt":
            read.account = ""
        case "Acct" if not read.account:  # those within an entry come after the statement's own
            read.account = _text(element, "Id/IBAN") or _text(element, "Id/Othr/Id")
        case "FrToDt":
            for side in ("FrDtTm", "ToDtTm"):
                read.days.append(datetime.fromisoformat(_needed(element, side)).date())
        case "Ntry" if _booked(element):
            read.lines.append(line_of(_line(element, read.account, line), read.seen))
        case _:
            pass


def _booked(entry: Element) -> bool:
    return (_text(entry, "Sts/Cd") or _text(entry, "Sts")) == "BOOK"


def _line(entry: Element, account: str, number: int) -> BankLine:
    amount = _find(entry, "Amt")
    if amount is None:
        raise ValueError("an entry without Amt")
    currency = amount.get("Ccy", "")
    minor = parse((amount.text or "").strip(), currency).amount_minor
    sign = {"CRDT": 1, "DBIT": -1}.get(_needed(entry, "CdtDbtInd"))
    if sign is None:
        raise ValueError("CdtDbtInd is neither CRDT nor DBIT")
    booked = _text(entry, "BookgDt/Dt") or _needed(entry, "BookgDt/DtTm")[:10]
    said = [text for path in _REFERENCES for text in _texts(entry, path)]
    return BankLine(
        id="",
        line=number,
        account=account.replace(" ", ""),
        day=date.fromisoformat(booked[:10]),
        currency=currency,
        amount_minor=sign * minor,
        reference=" ".join(dict.fromkeys(text for text in said if text not in _SAYS_NOTHING)),
    )


def _find(element: Element, path: str) -> Element | None:
    return next(iter(_all(element, path)), None)


def _all(element: Element, path: str) -> list[Element]:
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def _texts(element: Element, path: str) -> list[str]:
    return [(found.text or "").strip() for found in _all(element, path)]


def _text(element: Element, path: str) -> str:
    return next(iter(_texts(element, path)), "")


def _needed(element: Element, path: str) -> str:
    found = _text(element, path)
    if not found:
        raise ValueError(f"an entry without {path}")
    return found
