"""Months closed and reopened in a shop whose books begin in November."""

from shop import Shop

from mywork.application.commands import envelope
from mywork.domain.identifiers import UserId
from mywork.domain.period.messages import ApproveReopening, ClosePeriod, ProposeReopening
from mywork.domain.period.months import Period, ends_at

NOVEMBER, DECEMBER = Period("2026-11"), Period("2026-12")
FIN, BOSS = UserId("user_fin"), UserId("user_boss")


def close(shop: Shop, month: Period = NOVEMBER) -> None:
    """Without a checklist: what a close does to statements is tested here."""
    at, head = ends_at(month), shop.core.store.head()
    command = ClosePeriod(month, NOVEMBER, (), head, FIN, at)
    shop.core.handler.handle(envelope(command, actor=FIN))


def reopen(shop: Shop, month: Period = NOVEMBER) -> None:
    propose = ProposeReopening(month, "a mistake", FIN, shop.clock.now())
    approve = ApproveReopening(month, BOSS, shop.clock.now())
    for command, by in ((propose, FIN), (approve, BOSS)):
        shop.core.handler.handle(envelope(command, actor=by))
