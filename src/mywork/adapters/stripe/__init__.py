"""Stripe: the only package that imports its SDK.

Read `payments` and `billing` (what we ask of it), `webhooks` (what it tells us), `receipts` (what
that means).
"""
