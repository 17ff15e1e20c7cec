"""What can happen in the town, each as one step; a step that is not possible now does nothing.

A step draws all it needs from a `random.Random` of its own, so a history of (rule, number) can be
played again, also with steps left out.
"""

from machine.rules import banks, debts, disputes, jobs, refunds, sales
from machine.rules.registry import RULES, WEIGHTS

__all__ = ["RULES", "WEIGHTS", "banks", "debts", "disputes", "jobs", "refunds", "sales"]
