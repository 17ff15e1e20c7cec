"""From any balance to its entries, and from any entry to why it is there.

Read in this order: `rules` (which rule posts an event), `entry` (an entry with its event, Stripe
objects, rule and code version), `account` (a balance with what it is made of).
"""

from mywork.ledger.explain.account import ExplainedAccount, Kind, explain_account
from mywork.ledger.explain.entry import ExplainedEntry, Posted, Related, explain_entry
from mywork.ledger.explain.rules import Rule, rule_of

__all__ = [
    "ExplainedAccount",
    "ExplainedEntry",
    "Kind",
    "Posted",
    "Related",
    "Rule",
    "explain_account",
    "explain_entry",
    "rule_of",
]
