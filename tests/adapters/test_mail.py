"""Resend's answers as ours, and letters as files."""

import email
import email.policy
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from mywork.adapters.mail import FileMail, ResendMail
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.application.ports.mail import Message
from mywork.bootstrap.world import outside
from mywork.settings import Secret, Settings

LETTER = Message("bo@example.com", "Receipt: 299.00 €", "You paid 299.00 EUR.\n")
KEY = "order-1:2:send_notice:bo"


class Resend:
    """Resend's side of the wire: answers with what it was told to, and remembers requests."""

    def __init__(self, status: int = 200, body: Any = None) -> None:
        self.status, self.body = status, body or {"id": "49a3999c"}
        self.requests: list[httpx2.Request] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return httpx2.Response(self.status, content=self.raw())

    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)

    def mail(self) -> ResendMail:
        transport = httpx2.MockTransport(self.answer)
        return ResendMail(
            "re_key", "MyWork <a@shop.test>", api_url="https://mail.test", transport=transport
        )


def error(name: str) -> dict[str, Any]:
    return {"name": name, "message": f"{name}, in words"}


def test_a_letter_is_sent_as_resend_documents_it() -> None:
    resend = Resend()
    resend.mail().send(LETTER, idempotency_key=KEY)
    (request,) = resend.requests
    assert (request.method, str(request.url)) == ("POST", "https://mail.test/emails")
    assert request.headers["authorization"] == "Bearer re_key"
    assert request.headers["idempotency-key"] == KEY
    assert orjson.loads(request.content) == {
        "from": "MyWork <a@shop.test>",
        "to": ["bo@example.com"],
        "subject": "Receipt: 299.00 €",
        "text": "You paid 299.00 EUR.\n",
    }


@pytest.mark.parametrize(("status", "name"), [(400, "validation_error"), (422, "invalid_to")])
def test_a_letter_that_can_never_go_is_refused(status: int, name: str) -> None:
    with pytest.raises(VendorRefused, match="in words") as refused:
        Resend(status, error(name)).mail().send(LETTER, idempotency_key=KEY)
    assert refused.value.code == name


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (401, "missing_api_key"),
        (403, "validation_error"),  # our domain is not verified
        (409, "concurrent_idempotent_requests"),
        (422, "invalid_from_address"),
        (429, "rate_limit_exceeded"),
        (500, "internal_server_error"),
    ],
)
def test_what_may_be_mended_is_tried_again(status: int, name: str) -> None:
    with pytest.raises(VendorUnavailable, match=name):
        Resend(status, error(name)).mail().send(LETTER, idempotency_key=KEY)


def test_an_error_page_in_between_is_a_passing_fault() -> None:
    with pytest.raises(VendorUnavailable, match="502"):
        Resend(502, b"<html>Bad gateway</html>").mail().send(LETTER, idempotency_key=KEY)


def test_a_key_that_was_used_means_that_the_letter_was_sent() -> None:
    resend = Resend(409, error("invalid_idempotent_request"))
    resend.mail().send(LETTER, idempotency_key=KEY)
    assert len(resend.requests) == 1


def test_a_resend_that_cannot_be_reached_is_a_passing_fault() -> None:
    mail = ResendMail("re_key", "a@shop.test", api_url="http://127.0.0.1:9")
    with pytest.raises(VendorUnavailable, match="does not answer"):
        mail.send(LETTER, idempotency_key=KEY)


def test_in_development_a_letter_is_a_file_that_mail_programs_open(tmp_path: Path) -> None:
    mail = FileMail(tmp_path / "mail", "MyWork <a@shop.test>")
    for _ in range(2):
        mail.send(LETTER, idempotency_key=KEY)
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == "order-1.2.send_notice.bo.eml"
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (letter["To"], letter["Subject"]) == ("bo@example.com", "Receipt: 299.00 €")
    assert letter.get_content() == "You paid 299.00 EUR.\n"


def test_a_key_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    FileMail(tmp_path / "mail", "a@shop.test").send(LETTER, idempotency_key="../../etc/x" * 99)
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


def test_the_settings_choose_the_way_and_the_sender(tmp_path: Path) -> None:
    here = Settings(
        mywork_mail=tmp_path,
        app_url="https://shop.test",
        redis_url=Secret("redis://h"),
        stripe_secret_key=Secret("sk_test_x"),
        clerk_jwks_url="http://h",
    )
    assert here.mail_from == "MyWork <notices@shop.test>"
    assert isinstance(outside(here).mail, FileMail)
    there = replace(here, resend_api_key=Secret("re_key"), resend_from="a@b.test")
    assert there.mail_from == "a@b.test"
    assert isinstance(outside(there).mail, ResendMail)
