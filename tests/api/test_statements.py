"""Statements by HTTP: the seller's own, finance's view of the same, JSON, CSV and PDF."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from http_client import Client, problem
from lives import after
from marketplace import ADA, BO, Marketplace
from pypdf import PdfReader
from test_api import grant

from mywork.application.commands import envelope
from mywork.domain.identifiers import RefundId, SellerId, UserId
from mywork.domain.order.refund_messages import RequestRefund
from mywork.domain.order.sale_messages import OrderPaid
from mywork.domain.period.months import Period
from mywork.ledger.statements.statement import STAGES

GRACE = SellerId(UserId("user_grace"))


def life(marketplace: Marketplace) -> None:
    """A sale whose hold is over."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()


marketplace = after(life)


def test_a_seller_reads_their_statement(client: Client) -> None:
    found = client.get("/seller/statement", ADA).json()
    assert (found["from"], found["to"]) == ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")
    assert (found["seller_id"], found["currency"]) == (ADA, "USD")
    sale, released = found["lines"]
    assert sale["what"].startswith("Sale of SaaS starter with billing (standard licence)")
    assert (sale["reference"], sale["at"]) == ("MW-2026-00001", "2026-11-10T12:00:00Z")
    assert (sale["amount"], sale["balance_minor"]) == (260.13, 26_013)
    assert released["moves"] == {
        "pending": -260.13,
        "pending_minor": -26_013,
        "available": 260.13,
        "available_minor": 26_013,
    }
    assert found["opening"]["balance_minor"] == 0
    assert found["closing"]["available_minor"] == found["closing"]["balance_minor"] == 26_013


def test_its_closing_is_the_balance_that_the_seller_sees(client: Client) -> None:
    closing = client.get("/seller/statement", ADA).json()["closing"]
    (balance,) = client.get("/seller/balance", ADA).json()["balances"]
    shown = {name: value for name, value in balance.items() if name in closing}
    assert shown == {name: closing[name] for name in shown}
    assert {"pending", "available", "in_payout"} <= set(shown)


def test_finance_reads_the_very_same(client: Client, marketplace: Marketplace) -> None:
    grant(marketplace, "user_aud", "auditor")
    path = f"/finance/sellers/{ADA}/statement"
    assert client.get(path, "user_aud").json() == client.get("/seller/statement", ADA).json()
    problem(client.get(path, ADA), 403, "not-allowed")
    problem(client.get(path, BO), 403, "not-allowed")
    unknown = "/finance/sellers/user_nobody/statement"
    problem(client.get(unknown, "user_aud"), 404, "seller-not-found")


def test_nobody_reads_what_is_not_theirs(client: Client, marketplace: Marketplace) -> None:
    problem(client.get("/seller/statement", BO), 404, "seller-not-found")
    problem(client.get("/seller/statement"), 401, "unauthorised")
    marketplace.onboarded_seller(GRACE)
    assert client.get("/seller/statement", GRACE).json()["lines"] == []


def close_november(marketplace: Marketplace) -> None:
    marketplace.clock.freeze(datetime(2026, 12, 1, 9, tzinfo=UTC))
    marketplace.settle()
    marketplace.core.closing_periods.close(Period("2026-11"), by=UserId("user_fin"))


def test_a_closed_month_is_stated_by_its_period(client: Client, marketplace: Marketplace) -> None:
    marketplace.core.paying_out.request(ADA, "USD", request_id="now")
    marketplace.settle()
    provisional = client.get("/seller/statement?period=2026-11", ADA).json()
    assert (provisional["period"], provisional["version"]) == ("2026-11", 0)
    assert provisional["closed_at"] is None
    close_november(marketplace)
    found = client.get("/seller/statement?period=2026-11", ADA).json()
    assert (found["version"], found["closed_at"]) == (1, "2026-12-01T09:00:00Z")
    assert found["closing"]["balance"] == 0.0
    assert {total["kind"]: total["amount_minor"] for total in found["totals"]} == {
        "sales": 26_013,
        "payouts": -26_013,
    }
    assert [paid["amount"] for paid in found["payouts"]] == [-260.13]
    missing = client.get("/seller/statement?period=2026-11&version=2", ADA)
    assert "was closed 1 times" in problem(missing, 404, "version-not-found")["detail"]


def test_a_statement_is_a_document_to_file(client: Client, marketplace: Marketplace) -> None:
    close_november(marketplace)
    answer = client.get("/seller/statement?period=2026-11&format=pdf", ADA)
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="statement-USD-2026-11-v1.pdf"' in answer.headers["content-disposition"]
    text = printed(client, "/seller/statement?period=2026-11&format=pdf")
    for said in ("MyWork", "November 2026", "version 1", "MW-2026-00001", "Page 1 of 1"):
        assert said in text
    grant(marketplace, "user_aud", "auditor")
    path = f"/finance/sellers/{ADA}/statement?period=2026-11&format=pdf"
    assert client.get(path, "user_aud").content == answer.content
    by_date = client.get("/seller/statement?format=pdf&from=2026-11-01", ADA)
    assert by_date.content.startswith(b"%PDF-")


def test_the_head_that_vouches_for_a_closed_month_stays(
    client: Client, marketplace: Marketplace
) -> None:
    close_november(marketplace)
    path = "/seller/statement?period=2026-11&format=pdf"
    assert "Sealed history" not in printed(client, path)
    head = marketplace.core.store.head()
    marketplace.core.sealing.run()
    sealed = client.get(path, ADA).content
    assert f"Sealed history: {head:,} events" in printed(client, path)
    marketplace.advance(days=1)
    marketplace.published_product()
    marketplace.core.sealing.seal()
    marketplace.core.sealing.sign()
    assert client.get(path, ADA).content == sealed
    assert f"Sealed history: {marketplace.core.store.head():,} events" in printed(
        client, "/seller/statement?period=2026-12&format=pdf"
    )


def printed(client: Client, path: str) -> str:
    pages = PdfReader(io.BytesIO(client.get(path, ADA).content)).pages
    return "".join(page.extract_text() for page in pages)


def test_what_a_restatement_adds_is_readable(client: Client, marketplace: Marketplace) -> None:
    close_november(marketplace)
    closing, november = marketplace.core.closing_periods, Period("2026-11")
    for user in ("user_fin", "user_boss"):
        closing.reopen(november, reason="a refund was missed", by=UserId(user))
    (order_id,) = {event.order_id for event in marketplace.events(OrderPaid)}
    missed = RequestRefund(
        order_id, RefundId("r1"), 5_000, "admin", "", datetime(2026, 11, 30, tzinfo=UTC)
    )
    marketplace.core.handler.handle(envelope(missed, actor="user_fin"))
    marketplace.settle()
    closing.close(november, by=UserId("user_fin"))
    grant(marketplace, "user_aud", "auditor")
    path = f"/finance/sellers/{ADA}/statement/difference?period=2026-11"
    found = client.get(path, "user_aud").json()
    assert (found["from_version"], found["to_version"]) == (1, 2)
    assert [line["event"] for line in found["added"]] == ["order.refund_requested.v1"]
    assert (found["removed"], found["closing"]["change"]) == ([], 0.0)
    same = client.get(f"{path}&from_version=2", "user_aud").json()
    assert (same["added"], same["removed"]) == ([], [])
    problem(client.get(path, ADA), 403, "not-allowed")
    first = client.get("/seller/statement?period=2026-11&version=1", ADA).json()
    assert "order.refund_requested.v1" not in {line["event"] for line in first["lines"]}


def rows(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/seller/statement?format=csv{query}", ADA)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_spreadsheet_adds_up_to_its_closing_row(client: Client) -> None:
    opening, *lines, closing = rows(client)
    assert (opening["what"], closing["what"]) == ("Opening", "Closing")
    assert [line["balance"] for line in lines] == ["260.13", "260.13"]
    for stage in STAGES:
        moved = sum(float(row[stage]) for row in (opening, *lines))
        assert f"{moved:.2f}" == closing[stage]
    assert closing["balance"] == "260.13"
    assert (closing["available"], closing["pending"]) == ("260.13", "0.00")


def test_a_currency_has_its_own_digits(client: Client) -> None:
    assert [row["balance"] for row in rows(client, "&currency=JPY")] == ["0", "0"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("from=2026-11-02&to=2026-11-01", "time-range-invalid"),
        ("from=2026-11-01&to=2026-11-01", "time-range-invalid"),
        ("currency=XXX", "currency-unsupported"),
        ("currency=usd", "request-invalid"),
        ("format=xls", "request-invalid"),
        ("period=2026-13", "period-invalid"),
        ("period=2026-11&from=2026-11-01", "time-range-invalid"),
        ("version=1", "time-range-invalid"),
        ("period=2026-11&version=0", "request-invalid"),
        ("from=soon", "request-invalid"),
        ("seller=user_bo", "request-invalid"),
    ],
)
def test_what_cannot_be_meant_is_refused(client: Client, query: str, kind: str) -> None:
    problem(client.get(f"/seller/statement?{query}", ADA), 422, kind)
