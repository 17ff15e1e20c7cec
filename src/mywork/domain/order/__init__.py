"""An order, from its placing to the last cent: sale, release, refunds, disputes.

Read the words first (`sale`, `funds`, `refund`, `dispute`: commands and events), then `states`,
then what is decided: `selling`, `settling`, `converting`, `releasing`, `refunding`,
`refund_facts`, `disputing`; `shares` says who bears how much. `decider` puts it together.
Refunds and disputes belong to this boundary because their rule is the order's: together they
never exceed what was captured.
"""
