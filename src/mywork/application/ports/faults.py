"""Faults of vendors: what is known of a call that did not succeed."""

from mywork.domain.errors import MyWorkError


class VendorUnavailable(MyWorkError):
    """No answer, or a passing fault: the outcome is unknown. Look it up before trying again."""


class VendorRefused(MyWorkError):
    """The vendor said no and changed nothing. `code` is the vendor's own word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
