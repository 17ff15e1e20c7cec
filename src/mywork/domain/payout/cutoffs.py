"""Until when released money is in a payout: the last turn of its seller's schedule, or now."""

from datetime import UTC, datetime, timedelta

from mywork.domain.identifiers import PayoutId, SellerId, derived_id
from mywork.domain.payout.transfer_messages import PayoutRequested, Trigger


def last_monday(now: datetime) -> datetime:
    """Monday 00:00 UTC of the week that `now` lies in: the weekly cutoff."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday())


def first_of_month(now: datetime) -> datetime:
    """The first of the month of `now`, 00:00 UTC: the monthly cutoff."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def run_name(trigger: Trigger, cutoff: datetime) -> str:
    """The same turn of a schedule has the same name, whenever it runs."""
    return f"{trigger}:{cutoff.isoformat()}"


def payout_named(seller_id: SellerId, currency: str, name: str) -> PayoutId:
    """The same request, or turn, is the same payout."""
    return PayoutId(derived_id("payout", seller_id, currency, name))


def cutoff_of(requested: PayoutRequested, at: datetime) -> datetime:
    """The cutoff of a payout that was requested at a moment.

    Its event names none, but the id of what a run requested is made of it, so that the turn which
    was due then can be recognised. Anything else, such as a run with a cutoff that somebody gave,
    says only that it was not after the request.
    """
    turns = {"weekly": last_monday(at), "monthly": first_of_month(at)}
    cutoff = turns.get(requested.trigger, at)
    name = run_name(requested.trigger, cutoff)
    known = payout_named(requested.seller_id, requested.currency, name) == requested.payout_id
    return cutoff if known else at
