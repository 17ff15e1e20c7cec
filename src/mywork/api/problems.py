"""The problems that may be answered: where the `type` of each leads to."""

import orjson
from fastapi import APIRouter, Response

from mywork.api.answers import raw
from mywork.api.documentation import documented
from mywork.api.errors import catalogue
from mywork.api.strict import StrictRoute
from mywork.domain.errors import NotFound

router = APIRouter(prefix="/problems", tags=["problems"], route_class=StrictRoute)

EXAMPLE = {
    "type": "/problems/order-not-payable",
    "status": 409,
    "meaning": "The order is expired, paid, free or not yet due.",
}


@router.get("", summary="Every problem", responses=documented({"data": [EXAMPLE]}))
async def list_problems() -> Response:
    """Public. Sorted by name; `status` is the HTTP status that each is answered with."""
    return raw(orjson.dumps({"data": list(catalogue().values())}))


@router.get("/{name}", summary="One problem", responses=documented(EXAMPLE, 404))
async def get_problem(name: str) -> Response:
    """Public. The `type` of a problem, relative to the host, is this address."""
    found = catalogue().get(name)
    if found is None:
        raise NotFound(f"there is no problem {name}; GET /problems lists them")
    return raw(orjson.dumps(found))
