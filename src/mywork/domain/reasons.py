"""Reasons: what a person must give for whatever touches somebody else's money."""

from mywork.domain.errors import TextInvalid

LONGEST = 2_000


def check_reason(reason: str) -> None:
    """Raises TextInvalid unless a reason says something, in at most 2,000 characters."""
    if not reason.strip() or len(reason) > LONGEST:
        raise TextInvalid(f"say why, in 1 to {LONGEST:,} characters")
