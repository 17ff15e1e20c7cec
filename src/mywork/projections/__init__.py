"""Read tables: disposable folds of the history, ready to send, and the queries on them.

Read `projection` (the pattern), any one of `orders`, `sales`, `disputes`, `products`, `payouts`,
`roles`, `breaks` (each a row, a fold and a document), `rebuild`, then `reading` and `queries`.
What several of them tell of an order is in `claims`; a sale's money in `funds` and `why_not_yet`.
"""

from mywork.projections.catalogue import NAMES, PROJECTIONS, followers
from mywork.projections.install import Status, install, status
from mywork.projections.rebuild import rebuild, rebuild_changed

__all__ = [
    "NAMES",
    "PROJECTIONS",
    "Status",
    "followers",
    "install",
    "rebuild",
    "rebuild_changed",
    "status",
]
