"""Amounts as Stripe takes and writes them, currency by currency (docs.stripe.com/currencies).

Amounts are whole numbers of a currency's smallest unit. Where Stripe's unit is not ISO's it is
Stripe's: crowns of Iceland and shillings of Uganda have no cents, but are written with two zeros.
"""

from mywork.sandbox.stripe.errors import invalid

_SUPPORTED = (
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp"
    " byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip"
    " gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt"
    " lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr"
    " nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sos srd szl"
    " thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw"
)
_ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw pyg rwf vnd vuv xaf xof xpf"
_THREE_DECIMAL = "bhd jod kwd omr tnd"
SUPPORTED = frozenset(_SUPPORTED.split())
_DECIMALS = dict.fromkeys(_ZERO_DECIMAL.split(), 0) | dict.fromkeys(_THREE_DECIMAL.split(), 3)
# What amounts of charges, refunds and payouts must be divisible by, where not every one will do.
_CHARGE_STEPS = dict.fromkeys(_THREE_DECIMAL.split(), 10) | {"isk": 100, "ugx": 100}
_PAYOUT_STEPS = _CHARGE_STEPS | {"huf": 100, "twd": 100}
LARGEST_CHARGE = 99_999_999
SMALLEST_CHARGES = {
    **dict.fromkeys(("usd", "aud", "brl", "cad", "chf", "eur", "inr", "jpy", "nzd", "sgd"), 50),
    **dict.fromkeys(("aed", "myr", "pln", "ron"), 200),
    **dict.fromkeys(("nok", "sek"), 300),
    **dict.fromkeys(("mxn", "thb"), 1_000),
    "bgn": 100,
    "czk": 1_500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17_500,
}
_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def decimals(currency: str) -> int:
    """How many digits of an amount stand after the point."""
    return _DECIMALS.get(currency, 2)


def whole_step(currency: str) -> int:
    """What any movement of a balance is divisible by: some currencies have no cents to move."""
    return 100 if currency in {"isk", "ugx"} else 1


def written(amount: int, currency: str) -> str:
    """As Stripe's messages write it: $40.00."""
    digits = decimals(currency)
    text = f"{amount:0{digits + 1}d}"
    number = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{number}" if symbol else f"{number} {currency.upper()}"


def check_charge(amount: int, currency: str) -> None:
    """Refuse an amount that cannot be charged at all, whatever it settles as."""
    check_step(amount, currency)
    smallest = SMALLEST_CHARGES.get(currency, 1)
    if amount < smallest:
        raise invalid(
            f"Amount must be at least {written(smallest, currency)} {currency}",
            code="amount_too_small",
            param="amount",
        )
    if amount > LARGEST_CHARGE:
        raise invalid(
            f"Amount must be no more than {written(LARGEST_CHARGE, currency)}",
            code="amount_too_large",
            param="amount",
        )


def charge_step(currency: str) -> int:
    """What the amount of a charge must be divisible by."""
    return _CHARGE_STEPS.get(currency, 1)


def check_step(amount: int, currency: str, *, of_payout: bool = False) -> None:
    """Refuse fractions that the networks, or with `of_payout` the banks, do not carry."""
    step = _PAYOUT_STEPS.get(currency, 1) if of_payout else charge_step(currency)
    if amount % step:
        raise invalid(
            f"Invalid amount: in {currency} it must be divisible by {step}.",
            code="parameter_invalid_integer" if of_payout else "invalid_charge_amount",
            param="amount",
        )
