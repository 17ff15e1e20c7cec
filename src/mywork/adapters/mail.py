"""Mail: Resend over its HTTP API, or files that a developer can open.

Resend remembers an idempotency key for a day. What it refuses for the message's own sake will
never go; everything else (its faults, its limits, a key or domain of ours that it does not know)
may be mended, so it is tried again.
"""

import re
from email.message import EmailMessage
from pathlib import Path

import httpx2

from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.application.ports.mail import Message

RESEND = "https://api.resend.com"
TIMEOUT_SECONDS = 15
_REFUSALS = frozenset({400, 413, 422, 451})
_OF_OURS = frozenset({"invalid_from_address", "invalid_idempotency_key"})
_SENT_BEFORE = "invalid_idempotent_request"  # the key was used, with another address or text
_UNSAFE = re.compile(r"[^A-Za-z0-9_.@-]")


class ResendMail:
    """The Mail port; `sender` is an address of a domain that Resend has verified."""

    def __init__(
        self,
        api_key: str,
        sender: str,
        *,
        api_url: str = RESEND,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._sender = sender
        self._client = httpx2.Client(
            base_url=api_url,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=TIMEOUT_SECONDS,
            transport=transport,
        )

    def send(self, message: Message, *, idempotency_key: str) -> None:
        body = {
            "from": self._sender,
            "to": [message.to],
            "subject": message.subject,
            "text": message.text,
        }
        try:
            answer = self._client.post(
                "/emails", json=body, headers={"Idempotency-Key": idempotency_key}
            )
        except httpx2.HTTPError as error:
            raise VendorUnavailable(f"Resend does not answer: {error}") from error
        if not answer.is_success:
            _refuse(answer)


def _refuse(answer: httpx2.Response) -> None:
    name, text = _error(answer)
    if name == _SENT_BEFORE:
        return
    if answer.status_code in _REFUSALS and name not in _OF_OURS:
        raise VendorRefused(name, text)
    raise VendorUnavailable(f"Resend answered {answer.status_code} {name}: {text}")


def _error(answer: httpx2.Response) -> tuple[str, str]:
    """Resend's name for what is wrong, and its sentence."""
    try:
        document = answer.json()
        return str(document["name"]), str(document["message"])
    except (ValueError, KeyError, TypeError):
        return "unknown", answer.text[:200]


class FileMail:
    """The Mail port for development: one `.eml` file a message, which any mail program opens."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, message: Message, *, idempotency_key: str) -> None:
        letter = EmailMessage()
        letter["From"], letter["To"] = self._sender, message.to
        letter["Subject"] = message.subject
        letter.set_content(message.text, cte="8bit")  # for people to read
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds addresses
        name = _UNSAFE.sub(".", idempotency_key)[-200:]
        (self._folder / f"{name}.eml").write_bytes(bytes(letter))
