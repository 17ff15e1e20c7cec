"""An order, from its placing to the last cent: sale, release, refunds, disputes.

Read the messages, then `state`, then the decisions; `shares` says who bears how much. `decider`
puts it together, and `simulation` decides an order again under other terms.
Refunds and disputes belong to this boundary because their rule is the order's: together they
never exceed what was captured.
"""
