"""Problems: what every error is answered with (RFC 9457)."""

from typing import Literal

from msgspec import UNSET, UnsetType

from mywork.documents.document import Document


class WrongField(Document, rename={"place": "in"}):
    """Where a value is wrong: a JSON pointer (RFC 6901) into the body, query, path or headers."""

    pointer: str
    place: Literal["body", "query", "path", "header"]
    detail: str


WRONG_FIELD = WrongField(pointer="#/price", place="body", detail="Field required")


class Problem(Document):
    """RFC 9457 problem details. `GET /problems` lists every type."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[WrongField, ...] | UnsetType = UNSET


PROBLEM = Problem(
    type="/problems/request-invalid",
    title="Request invalid",
    status=422,
    detail="price: Field required",
    errors=(WRONG_FIELD,),
)


class ProblemType(Document):
    """A problem that may be answered, and what it means."""

    type: str
    status: int
    meaning: str


PROBLEM_TYPE = ProblemType(
    type="/problems/order-not-payable",
    status=409,
    meaning="The order is expired, paid, free or not yet due.",
)


class ProblemTypes(Document):
    """Every problem that may be answered."""

    data: tuple[ProblemType, ...]


PROBLEM_TYPES = ProblemTypes(data=(PROBLEM_TYPE,))
