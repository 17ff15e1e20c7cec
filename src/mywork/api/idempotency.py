"""`Idempotency-Key`: the same key and body give the same answer, another body a conflict.

The key also names what is made, so a crash between doing and remembering is harmless: the second
request finds the first one's work done. Secrets are never stored: such answers are made again.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from mywork.api.auth import User
from mywork.api.documentation import JSON
from mywork.application.ports.tables import IdempotencyTable, StoredAnswer
from mywork.domain.errors import InvalidInput
from mywork.domain.identifiers import new_id

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyKeyInvalid(InvalidInput):
    """A key has 1 to 255 visible ASCII characters."""


@dataclass(frozen=True, slots=True)
class Once:
    """A request that is to be done once. `request_id` names what it makes."""

    table: IdempotencyTable
    user_id: str
    key: str
    body_hash: str

    @property
    def request_id(self) -> str:
        """Of key and body: a refusal frees its key, and what it began belongs to its body alone."""
        return f"{self.key}:{self.body_hash}" if self.key else new_id()

    def answer(self, perform: Callable[[], Response], *, secret: bool = False) -> Response:
        """Perform, or replay; `secret` answers are made again instead of being stored."""
        if not self.key:
            return perform()
        known = self.table.begin(self.user_id, self.key, self.body_hash)
        if known is not None:
            return self._replayed(known, perform)
        try:
            answer = perform()
        except BaseException:
            self.table.abandon(self.user_id, self.key)
            raise
        self.table.finish(self.user_id, self.key, _stored(answer, secret=secret))
        return answer

    def _replayed(self, known: StoredAnswer, perform: Callable[[], Response]) -> Response:
        stored = Response(known.body, known.status, media_type=JSON)
        answer = stored if known.body else perform()
        answer.headers.update({**known.headers, "Idempotent-Replayed": "true"})
        return answer


def _stored(answer: Response, *, secret: bool) -> StoredAnswer:
    headers = {"X-Position": answer.headers["X-Position"]}
    return StoredAnswer(answer.status_code, b"" if secret else bytes(answer.body), headers)


async def once(
    request: Request,
    user: User,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", description="Makes a retry safe.")
    ] = None,
) -> Once:
    if idempotency_key is not None and _KEY.fullmatch(idempotency_key) is None:
        raise IdempotencyKeyInvalid("an idempotency key has 1 to 255 visible ASCII characters")
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    table = request.app.state.core.idempotency
    return Once(table, user.user_id, idempotency_key or "", digest.hexdigest())


OnceOnly = Annotated[Once, Depends(once)]
