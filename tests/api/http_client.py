"""A client of the API that holds every answer it gets against the OpenAPI document."""

import re
from threading import Lock
from typing import Any, ClassVar

import msgspec
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from jsonschema import Draft202012Validator
from marketplace import Marketplace

from mywork.api.documentation import ANSWERED
from mywork.documents.document import encode

JSON, PROBLEM = "application/json", "application/problem+json"


class Asleep(TestClient):
    """The app starts at the first request: until then nobody is connected to the database."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app, raise_server_exceptions=False)
        self._starting = Lock()  # the first request may be one of many at once

    def send(self, *args: Any, **more: Any) -> Response:
        with self._starting:
            if self.portal is None:
                self.__enter__()
        return super().send(*args, **more)

    def end(self) -> None:
        if self.portal is not None:
            self.__exit__()


class Client:
    """Speaks as a user; remembers nothing. Reads see everything that was done before."""

    document: ClassVar[dict[str, Any]] = {}  # of the first app: all say the same, after 0.3 s
    components: ClassVar[dict[str, Any]] = {}

    def __init__(self, http: TestClient, marketplace: Marketplace) -> None:
        self.http = http
        self.marketplace = marketplace
        if not self.document:
            Client.document = http.app.openapi()  # type: ignore[attr-defined]
            Client.components = closed(self.document["components"])

    def get(self, path: str, user: str = "", **headers: str) -> Response:
        self.marketplace.runner.catch_up()
        return self.now(path, user, **headers)

    def now(self, path: str, user: str = "", **headers: str) -> Response:
        """Without waiting for the projections."""
        return self._checked(self.http.get(f"/api{path}", headers=bearer(user) | headers))

    def post(self, path: str, user: str = "", body: Any = None, **headers: str) -> Response:
        answer = self.http.post(f"/api{path}", json=body or {}, headers=bearer(user) | headers)
        return self._checked(answer)

    def put(self, path: str, user: str, body: Any) -> Response:
        return self._checked(self.http.put(f"/api{path}", json=body, headers=bearer(user)))

    def send(self, path: str, user: str, content: Any, **headers: str) -> Response:
        """A POST of raw bytes, or of a stream of them, JSON unless said otherwise."""
        headers = bearer(user) | {"Content-Type": JSON} | headers
        return self._checked(self.http.post(f"/api{path}", content=content, headers=headers))

    def webhook(self, body: Any, signature: str, *, to: str = "/webhooks/stripe") -> Response:
        headers = {"Stripe-Signature": signature} if signature else {}
        return self._checked(self.http.post(f"/api{to}", content=body, headers=headers))

    def _checked(self, answer: Response) -> Response:
        """Its status is documented for its route, and its body is as the document says."""
        operation = self._operation(answer)
        if operation is None:
            return answer
        documented = operation["responses"].get(str(answer.status_code))
        assert documented, (
            f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
        )
        if answer.status_code == 304:
            return answer
        content = documented["content"][answer.headers["content-type"]]
        if "json" not in answer.headers["content-type"]:
            return answer
        if answer.is_success:
            assert {name.lower() for name in documented.get("headers", ())} <= answer.headers.keys()
        schema = closed(content["schema"]) | {"components": self.components}
        Draft202012Validator(schema).validate(answer.json())
        kind = ANSWERED[content["schema"]["$ref"].rpartition("/")[2]]
        # Every field in its place, and every digit.
        assert encode(msgspec.json.decode(answer.content, type=kind)) == answer.content
        return answer

    def _operation(self, answer: Response) -> dict[str, Any] | None:
        for path, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), answer.url.path):
                found: dict[str, Any] | None = operations.get(answer.request.method.lower())
                return found
        return None


def closed(schema: Any) -> Any:
    """The same schema, but what it does not name may not be there; `{}` stands for anything."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    own = {name: closed(value) for name, value in schema.items()}
    if own.get("properties"):
        own["additionalProperties"] = False
    return own


def bearer(user: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {user}"} if user else {}


def problem(answer: Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == PROBLEM
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["type"]) == (status, f"/problems/{kind}"), document
    assert document["detail"]
    return document
