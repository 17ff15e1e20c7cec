"""Read tables: disposable folds of the history, ready to send, and the queries on them.

Read `projection` (the pattern), any one of `orders`, `sales`, `disputes`, `products`, `payouts`,
`roles`, `breaks` (each a row, a fold and a document), `catalogue` (all of them), `install`,
`rebuild`, then `reading` and `queries`. What several of them tell of an order is in `claims`; a
sale's money in `balance_buckets` and `why_not_yet`.
"""
