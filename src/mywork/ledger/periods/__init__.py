"""Accounting periods: to which one an entry belongs, and what is left to do in it."""
