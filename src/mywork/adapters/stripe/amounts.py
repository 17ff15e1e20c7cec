"""Our minor units (ISO 4217) and Stripe's, which differ for two currencies.

ISK and UGX have no minor unit, but Stripe writes them with two decimals that are always zero
(https://docs.stripe.com/currencies#special-cases).
"""

_WRITTEN_WITH_TWO_ZEROS = frozenset({"ISK", "UGX"})


def to_stripe(amount_minor: int, currency: str) -> int:
    return amount_minor * 100 if currency in _WRITTEN_WITH_TWO_ZEROS else amount_minor


def from_stripe(amount: object, currency: str) -> int:
    """Raises TypeError or ValueError for what is no whole amount: it must not reach the books."""
    if type(amount) is not int:
        raise TypeError(f"{amount!r} is not an amount in minor units")
    if currency not in _WRITTEN_WITH_TWO_ZEROS:
        return amount
    whole, rest = divmod(amount, 100)
    if rest:
        raise ValueError(f"{amount} is not a whole amount of {currency}")
    return whole
