"""The control plane under `/_sandbox`: turn the clock, onboard, fail things on purpose."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from mywork.sandbox.stripe import connect, movements, terms
from mywork.sandbox.stripe.delivery import Behaviour, Delivery
from mywork.sandbox.stripe.due import tick
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.faults import Fault, Faults
from mywork.sandbox.stripe.outcomes import decide
from mywork.sandbox.stripe.world import PLATFORM, World


@dataclass(slots=True)
class Control:
    world: World
    delivery: Delivery
    faults: Faults

    def routes(self) -> list[Route]:
        return [
            Route("/_sandbox/clock", self.clock, methods=["GET", "POST"]),
            Route("/_sandbox/onboard/{link}", self.onboarding_page, methods=["GET", "POST"]),
            Route("/_sandbox/webhooks", self.webhooks, methods=["GET"]),
            Route("/_sandbox/webhooks/behaviour", self.behave, methods=["POST"]),
            Route("/_sandbox/faults", self.fail, methods=["GET", "POST", "DELETE"]),
            Route("/_sandbox/terms", self.terms, methods=["GET", "POST"]),
            Route("/_sandbox/movements/{kind}", self.move, methods=["POST"]),
            Route("/_sandbox/{kind}/{id}/{outcome}", self.decide, methods=["POST"]),
        ]

    async def clock(self, request: Request) -> Response:
        """POST {"advance_seconds": n} | {"now": iso} with "mode" "frozen" or "running"."""
        if request.method == "POST":
            wish = await _json(request)
            at = self.world.clock.now() + timedelta(seconds=int(wish.get("advance_seconds", 0)))
            if "now" in wish:
                at = datetime.fromisoformat(str(wish["now"]))
            if wish.get("mode", "frozen") == "frozen":
                self.world.clock.freeze(at)
            else:
                self.world.clock.run_from(at)
            tick(self.world)
            self.world.keep()
        return JSONResponse({"now": self.world.clock.now().isoformat()})

    async def onboarding_page(self, request: Request) -> Response:
        """Stripe's hosted page, for a person with a browser; the link works once."""
        link = self.world.find(PLATFORM, "account_link", request.path_params["link"])
        if link["used"]:
            raise HTTPException(410, "This link was used; ask for a new one.")
        if request.method == "GET":
            return HTMLResponse(_PAGE)
        self.world.put(PLATFORM, "account_link", link | {"used": True})
        connect.onboard(self.world, link["account"])
        self.world.keep()
        address = link["return_url"] or "/"
        return Response(status_code=303, headers={"Location": address})

    async def decide(self, request: Request) -> Response:
        """POST /_sandbox/payouts/po_.../failed {"code": "account_closed"}: see `outcomes`."""
        kind, identifier, outcome = (
            request.path_params[name] for name in ("kind", "id", "outcome")
        )
        wish = await _json(request)
        return JSONResponse(decide(self.world, kind, identifier, outcome, wish))

    async def move(self, request: Request) -> Response:
        """POST /_sandbox/movements/stripe_fee {"amount": 500, "currency": "usd"}."""
        wish = await _json(request)
        made = movements.make(self.world, request.path_params["kind"], wish)
        self.world.keep()
        return JSONResponse(made)

    async def terms(self, request: Request) -> Response:
        """POST {"dispute_fee_returned": true}: see `terms`."""
        if request.method == "POST":
            terms.change(self.world, await _json(request))
            self.world.keep()
        return JSONResponse(terms.terms(self.world))

    async def webhooks(self, _: Request) -> Response:
        return JSONResponse(self.delivery.counts())

    async def behave(self, request: Request) -> Response:
        """POST {"duplicate": 0.2, "drop": 0.1, "shuffle": true, "delay_seconds": 1}."""
        self.delivery.behaviour = Behaviour(**await _json(request))
        return JSONResponse(asdict(self.delivery.behaviour))

    async def fail(self, request: Request) -> Response:
        """POST {"kind": "500", "next": 2, "match": {"method": "POST", "path": "/v1/transfers"}},
        or for ever with {"kind": "reset", "probability": 0.1}: see `faults`."""
        if request.method == "DELETE":
            self.faults.asked.clear()
        elif request.method == "POST":
            wish = await _json(request)
            by_chance = "probability" in wish and "next" not in wish
            fault = Fault(
                str(wish.get("kind")),
                None if by_chance else int(wish.get("next", 1)),
                float(wish.get("probability", 1.0)),
                **(wish.get("match") or {}),
            )
            self.faults.ask(fault)
        return JSONResponse([asdict(fault) for fault in self.faults.asked])


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        document = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise HTTPException(400, "the body is not JSON") from error
    if not isinstance(document, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return document


async def refused(_: Request, fault: Exception) -> Response:
    """A StripeFault raised by the control plane."""
    error = fault.error if isinstance(fault, StripeFault) else {}
    return JSONResponse({"error": error}, getattr(fault, "status", 500))


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Onboarding (simulated)</title>
<style>body{font:16px/1.5 system-ui;max-width:28rem;margin:4rem auto;padding:0 1rem}
button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#635bff;color:#fff}
</style><h1>Get paid</h1><p>Stripe would ask for identity and bank account here. The sandbox takes
your word for it.</p><form method="post"><button>Complete onboarding</button></form></html>"""
