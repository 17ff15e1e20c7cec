"""A data folder that was stopped in mid-work, kept as it was left, and what became of it since.

Read `folder` (how it lies here, and is put back), `tracing` (a Stripe whose ids do not depend on
the order of our calls, and a line that remembers them), `resuming` (finished, and what that was),
then `make`, `stage`, `stories` and `receipts`: how it was made once, which no test repeats.
"""
