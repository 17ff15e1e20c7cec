"""Everything outside, as small Protocols: a fake of any of them is forty lines.

Money is integer minor units with an upper-case ISO 4217 currency; times are aware, in UTC.
"""
