"""Accounting periods: months, closed in order once their checklist is clean.

What happens late belongs to the first open month and keeps its own date. A closed month is opened
again by two people, with a reason, the last one first.
"""
