"""How long a missing balance transaction is waited for: until then, nothing is alarming."""

from datetime import datetime, timedelta

WORKING_DAYS = 3
SATURDAY = 5


def working_days_before(moment: datetime, days: int) -> datetime:
    """The same time of day so many working days earlier; Saturdays and Sundays do not count."""
    while days:
        moment -= timedelta(days=1)
        days -= moment.weekday() < SATURDAY
    return moment
