"""The problems that may be answered: where the `type` of each leads to."""

from fastapi import APIRouter, Response

from mywork.api.answers import raw
from mywork.api.documentation import documented
from mywork.api.errors import catalogue
from mywork.api.strict import StrictRoute
from mywork.documents.document import encode
from mywork.documents.problems import ProblemType, ProblemTypes
from mywork.domain.errors import NotFound

router = APIRouter(prefix="/problems", tags=["problems"], route_class=StrictRoute)


@router.get("", summary="Every problem", responses=documented(ProblemTypes))
async def list_problems() -> Response:
    """Public. Sorted by name; `status` is the HTTP status that each is answered with."""
    return raw(encode(ProblemTypes(data=tuple(catalogue().values()))))


@router.get("/{name}", summary="One problem", responses=documented(ProblemType, 404))
async def get_problem(name: str) -> Response:
    """Public. The `type` of a problem, relative to the host, is this address."""
    found = catalogue().get(name)
    if found is None:
        raise NotFound(f"there is no problem {name}; GET /problems lists them")
    return raw(encode(found))
