"""The books against Stripe and against the bank: what differs is an open break."""
