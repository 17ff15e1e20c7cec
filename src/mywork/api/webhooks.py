"""Stripe's webhooks: verified on the raw bytes, stored once, answered 200 after the commit.

Requests that wait at the same moment share one commit: while one is being written, the next ones
gather. So the disk's pace limits the number of commits, not the number of webhooks.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from eventstore.errors import NotStorable
from mywork.adapters.stripe.webhooks import CONNECT, PLATFORM, event_receipt, verify_signature
from mywork.api.answers import raw
from mywork.api.documentation import documented
from mywork.api.errors import WebhookRejected
from mywork.application.ports.tables import InboxTable, RawReceipt
from mywork.documents.document import encode
from mywork.documents.operations import WebhookReceipt

LARGEST_BODY = 256 * 1024
RECEIVED = encode(WebhookReceipt(received=True))
_LARGEST_BATCH = 500

Waiting = tuple[RawReceipt, "asyncio.Future[None]"]

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


class Collector:
    """Stores receipts in shared commits; `store` returns when its receipt is durable."""

    def __init__(self, inbox: InboxTable) -> None:
        self._inbox = inbox
        self._waiting: list[Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def store(self, receipt: RawReceipt) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((receipt, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await future

    async def _write(self) -> None:
        while self._waiting:
            batch = self._waiting[:_LARGEST_BATCH]
            del self._waiting[:_LARGEST_BATCH]
            error = await self._commit(batch)
            if error is None or len(batch) == 1:
                _settle(batch, error)
                continue
            for one in batch:  # whoever is at fault fails alone
                _settle([one], await self._commit([one]))

    async def _commit(self, batch: Sequence[Waiting]) -> Exception | None:
        try:
            receipts = _distinct([receipt for receipt, _ in batch])
            await anyio.to_thread.run_sync(self._inbox.store, receipts)
        except Exception as error:  # noqa: BLE001  each waiting request answers for itself
            return error
        return None


def _distinct(receipts: Sequence[RawReceipt]) -> list[RawReceipt]:
    return list({(receipt.source, receipt.external_id): receipt for receipt in receipts}.values())


def _settle(batch: Sequence[Waiting], error: Exception | None) -> None:
    for _, future in batch:
        if future.done():
            continue  # its client went away
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


async def _accept(request: Request, source: str, secret: str) -> Response:
    body = await request.body()
    if not secret or not verify_signature(
        body, request.headers.get("stripe-signature", ""), secret
    ):
        raise WebhookRejected("the signature is missing, stale or not Stripe's for these bytes")
    try:
        receipt = event_receipt(source, body)
    except ValueError as error:
        raise WebhookRejected("the body is not a snapshot event of Stripe's") from error
    collector: Collector = request.app.state.collector
    try:
        await collector.store(receipt)
    except NotStorable as error:
        raise WebhookRejected("the event has a NUL character where none can be") from error
    return raw(RECEIVED)


_ANSWERS: dict[str, Any] = {
    "responses": documented(WebhookReceipt, 400, 413, 503),
    "max_body_size": LARGEST_BODY,
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {"id": "evt_1", "object": "event", "type": "charge.updated"},
                }
            },
        },
        "parameters": [
            {
                "name": "Stripe-Signature",
                "in": "header",
                "required": True,
                "schema": {"type": "string"},
                "example": "t=1764000000,v1=5257a869e7ec...",
            }
        ],
    },
}


@router.post("/stripe", summary="An event of the platform's account", **_ANSWERS)
async def receive_platform_event(request: Request) -> Response:
    """Signed by Stripe with the platform endpoint's secret; stored once, worked later."""
    secret = request.app.state.core.settings.stripe_webhook_secret.reveal()
    return await _accept(request, PLATFORM, secret)


@router.post("/stripe/connect", summary="An event of a connected account", **_ANSWERS)
async def receive_connect_event(request: Request) -> Response:
    """Signed by Stripe with the Connect endpoint's secret; stored once, worked later."""
    secret = request.app.state.core.settings.stripe_connect_webhook_secret.reveal()
    return await _accept(request, CONNECT, secret)
