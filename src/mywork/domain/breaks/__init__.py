"""A break: money or a fact that our books cannot explain yet, kept open until it is explained.

One stream per unexplained Stripe object, so the same surprise twice is one break. Its money lies
in `suspense:stripe` until a resolution moves it where it belongs, or it is returned to its payer.
What reconciliation finds to differ is a break, too, one stream per difference.
Read the messages, `state`, then the decisions.
"""
