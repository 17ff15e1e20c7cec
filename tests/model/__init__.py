"""A marketplace's books as the design describes them, written apart from the product.

It imports nothing of the product: its arithmetic, its chart and its rules are its own. It is told
which facts became known and in which order, by the ids of things; what a fact is worth it takes
from the prices that were asked and from Stripe's objects, and computes the rest itself. A fact
that is not possible, or comes twice, raises `Impossible`.

Read `arithmetic`, `book`, `sale` (shares of one order), then `ledger` (what each fact posts).
"""

from model.book import Impossible
from model.ledger import Ledger

__all__ = ["Impossible", "Ledger"]
