"""Read tables: disposable folds of the history, ready to send, and the queries on them.

Read `projection` (the pattern), any one of `orders`, `sales`, `products`, `payouts`, `roles`,
`breaks` (each a row, a fold and a document), `rebuild`, then `reading` and `queries`.
"""

from mywork.projections.catalogue import NAMES, PROJECTIONS, followers
from mywork.projections.install import Status, install, status
from mywork.projections.rebuild import rebuild

__all__ = ["NAMES", "PROJECTIONS", "Status", "followers", "install", "rebuild", "status"]
