"""Statements of the bank: CSV as banks write it, and camt.053 in its versions."""

from datetime import date

import pytest

from mywork.adapters.bank.camt import read_camt
from mywork.adapters.bank.csv import read_bank_csv
from mywork.domain.errors import FileMalformed

CSV = """Booking date;Amount;Currency;Description;IBAN
2026-11-11;100.00;USD;STRIPE PAYOUT;DE89 3704 0044 0532 0130 00
2026-11-12;-12.50;USD;account fee;DE89370400440532013000
2026-11-12;-12.50;USD;account fee;DE89370400440532013000
"""


def camt(version: str, status: str, more: str = "") -> bytes:
    """A statement with a payout of Stripe's, a fee, and what is only announced."""
    booked, pending = (
        (f"<Sts>{word}</Sts>" if status == "text" else f"<Sts><Cd>{word}</Cd></Sts>")
        for word in ("BOOK", "PDNG")
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
 <BkToCstmrStmt>
  <GrpHdr><MsgId>1</MsgId><CreDtTm>2026-12-01T06:00:00</CreDtTm></GrpHdr>
  <Stmt>
   <Id>2026-11</Id>
   <FrToDt><FrDtTm>2026-11-01T00:00:00</FrDtTm><ToDtTm>2026-11-30T23:59:59</ToDtTm></FrToDt>
   <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
   <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-01</Dt></Dt></Bal>
   <Ntry>
    <Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{booked}
    <BookgDt><Dt>2026-11-11</Dt></BookgDt><ValDt><Dt>2026-11-11</Dt></ValDt>
    <AcctSvcrRef>B-1</AcctSvcrRef>
    <NtryDtls><TxDtls>
     <Refs><EndToEndId>po_1abc</EndToEndId></Refs>
     <RltdPties><DbtrAcct><Id><IBAN>IE00STRIPE</IBAN></Id></DbtrAcct></RltdPties>
     <RmtInf><Ustrd>STRIPE PAYOUT</Ustrd></RmtInf>
    </TxDtls></NtryDtls>
   </Ntry>
   <Ntry>
    <Amt Ccy="EUR">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>{booked}
    <BookgDt><DtTm>2026-11-12T08:00:00+01:00</DtTm></BookgDt>
    <NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls></NtryDtls>
    <AddtlNtryInf>account fee</AddtlNtryInf>
   </Ntry>
   <Ntry>
    <Amt Ccy="EUR">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{pending}
    <BookgDt><Dt>2026-11-30</Dt></BookgDt>
   </Ntry>{more}
  </Stmt>
 </BkToCstmrStmt>
</Document>
""".encode()


# CSV -----------------------------------------------------------------------------------------


def test_a_csv_of_a_bank_has_lines_with_ids_of_their_own() -> None:
    found = read_bank_csv(CSV.encode())
    payout, fee, again = found.lines
    assert (payout.line, payout.account) == (2, "DE89370400440532013000")
    assert (payout.day, payout.currency, payout.amount_minor, payout.reference) == (
        date(2026, 11, 11), "USD", 10_000, "STRIPE PAYOUT",
    )  # fmt: skip
    assert (fee.amount_minor, again.amount_minor) == (-1_250, -1_250)
    assert len({payout.id, fee.id, again.id}) == 3
    assert (found.first, found.last) == (date(2026, 11, 11), date(2026, 11, 12))


def test_the_same_line_has_the_same_id_in_every_file() -> None:
    longer = CSV + "2026-11-13;1.00;USD;interest;DE89370400440532013000\n"
    ids = [line.id for line in read_bank_csv(CSV.encode()).lines]
    assert [line.id for line in read_bank_csv(longer.encode()).lines][:3] == ids


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("100.00", "100,00", "line 2: '100,00' is not a decimal amount"),
        ("2026-11-12", "12.11.2026", "line 3: Invalid isoformat string"),
        ("Description", "Memo", "line 1: no column reference"),
        (";USD;account", ";account", "line 3: 4 values for 5 columns"),
    ],
    ids=["amount", "day", "column", "values"],
)
def test_what_is_wrong_with_a_csv_is_said_with_its_line(before: str, after: str, says: str) -> None:
    with pytest.raises(FileMalformed) as refused:
        read_bank_csv(CSV.replace(before, after, 1).encode())
    assert says in str(refused.value)
    with pytest.raises(FileMalformed, match="no line"):
        read_bank_csv(b"date,amount,currency,reference\n")


# camt.053 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "status"), [("02", "text"), ("08", "code"), ("13", "code")])
def test_a_camt_statement_is_read_in_every_version(version: str, status: str) -> None:
    found = read_camt(camt(version, status))
    payout, fee = found.lines  # what is only announced is no line
    assert (payout.account, payout.day) == ("DE89370400440532013000", date(2026, 11, 11))
    assert (payout.currency, payout.amount_minor) == ("EUR", 10_000)
    assert payout.reference == "po_1abc STRIPE PAYOUT B-1"
    assert (fee.day, fee.amount_minor, fee.reference) == (
        date(2026, 11, 12), -1_250, "account fee",
    )  # fmt: skip
    assert (found.first, found.last) == (date(2026, 11, 1), date(2026, 11, 30))


def test_a_file_may_hold_several_statements() -> None:
    other = """
  </Stmt>
  <Stmt><Acct><Id><Othr><Id>12345</Id></Othr></Id></Acct>
   <Ntry><Amt Ccy="USD">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
    <BookgDt><Dt>2026-12-02</Dt></BookgDt></Ntry>"""
    found = read_camt(camt("08", "code", other))
    assert [line.account for line in found.lines][-1] == "12345"
    assert found.last == date(2026, 12, 2)


def test_a_statement_without_entries_has_its_days() -> None:
    content = camt("08", "code")
    empty = content[: content.index(b"<Ntry>")] + content[content.rindex(b"</Ntry>") + 7 :]
    found = read_camt(empty)
    assert (found.lines, found.first) == ([], date(2026, 11, 1))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (b'<Amt Ccy="EUR">100.00', b'<Amt Ccy="EUR">1e9999', "line 20: '1e9999' is not a decimal"),
        (b'<Amt Ccy="EUR">100.00', b"<Amt>100.00", "line 20: '' is not a currency"),
        (b"<CdtDbtInd>DBIT", b"<CdtDbtInd>OUT", "line 26: CdtDbtInd is neither"),
        (b"<BookgDt><Dt>2026-11-11</Dt></BookgDt>", b"", "line 20: an entry without BookgDt"),
        (b"</Acct>", b"", "this is no XML"),
        (b"camt.053.001.08", b"camt.052.001.08", "line 2: this is no camt.053"),
    ],
    ids=["amount", "currency", "side", "day", "xml", "message"],
)
def test_what_is_wrong_with_a_statement_is_said_with_its_line(
    before: bytes, after: bytes, says: str
) -> None:
    with pytest.raises(FileMalformed) as refused:
        read_camt(camt("08", "code").replace(before, after, 1))
    assert says in str(refused.value)


def test_entities_and_document_types_are_refused() -> None:
    bomb = camt("08", "code").replace(b"<Document", b'<!DOCTYPE x [<!ENTITY a "b">]>\n<Document', 1)
    with pytest.raises(FileMalformed, match="DTDForbidden is not allowed"):
        read_camt(bomb)
