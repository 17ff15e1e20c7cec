"""Banks dispute payments, in whole, in part and beyond; they give back, keep, or only ask."""

from contextlib import suppress
from random import Random

from machine.rules.refunds import some_amount
from machine.rules.registry import RECENT, one_of, rule
from machine.town import Town
from mywork.domain.identifiers import DisputeId, OrderId, UserId
from mywork.sandbox.stripe import terms
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.outcomes import decide

TEXTS = ("winning_evidence", "losing_evidence", "escalate_inquiry_evidence", "read this")
_MAY_REFUSE = {"DisputeNotOpen", "DisputeNotFound", "EvidenceTooLate", "VendorRefused", ""}


@rule(4)
def bank_disputes(town: Town, chance: Random) -> None:
    """A payment that we know, that we do not know yet, or that was unexpected."""
    charges = [row for row in town.world.all("", "charge")[-4 * RECENT :] if row["paid"]]
    charge = one_of(chance, charges)
    if charge is None:
        return
    wish = {"inquiry": chance.random() < 0.3, "amount": some_amount(chance, charge)}
    with suppress(StripeFault):  # of nothing, or of more than was captured
        decide(town.world, "charges", charge["id"], "dispute", wish)


@rule(4)
def bank_decides(town: Town, chance: Random) -> None:
    """Won in whole or in part, lost, escalated or closed, as far as its stage allows."""
    disputes = town.world.all("", "dispute")
    open_ = [row for row in disputes if row["status"] not in {"won", "lost", "warning_closed"}]
    found = one_of(chance, open_)
    if found is None:
        return
    outcome = chance.choice(["won", "won", "lost", "lost", "escalated", "closed"])
    part = {"amount": max(found["amount"] // 2, 1)}
    wish = part if outcome == "won" and chance.random() < 0.3 else {}
    with suppress(StripeFault):
        decide(town.world, "disputes", found["id"], outcome, wish)


@rule(2)
def contest(town: Town, chance: Random) -> None:
    disputed = [sale for sale in town.model.sales.by_charge.values() if sale.disputes]
    sale = one_of(chance, disputed)
    if sale is None:
        return
    dispute_id = DisputeId(chance.choice(list(sale.disputes)))
    evidence = {"uncategorized_text": chance.choice(TEXTS)}
    final, actor = chance.random() < 0.7, UserId(sale.seller)
    submit = town.core.disputing.submit_evidence
    answer = town.ask(
        lambda: submit(OrderId(sale.id), dispute_id, actor, evidence=evidence, final=final)
    )
    assert not isinstance(answer, str) or answer in _MAY_REFUSE, answer


@rule(1)
def issuer_warns(town: Town, chance: Random) -> None:
    sale = one_of(chance, town.model.sales.by_charge.values())
    if sale is not None:
        decide(town.world, "charges", sale.charge, "fraud_warning")


@rule(1)
def stripe_changes_its_terms(town: Town, chance: Random) -> None:
    """Whether a won dispute gives its fee back, what a refund costs, and the rates of the day."""
    euro, yen = chance.choice(["1.0834", "1.1", "0.9871"]), chance.choice(["0.0067", "0.00713"])
    wish = {
        "dispute_fee_returned": chance.random() < 0.5,
        "refund_fee": {"": chance.choice([0, 0, 25])},
        "exchange_rates": {"eur/usd": euro, "jpy/usd": yen},
    }
    terms.change(town.world, wish)
