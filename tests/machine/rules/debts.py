"""What sellers owe is collected, and given up by two people; breaks are explained by one."""

from random import Random

from machine.rules.registry import agreed, one_of, rule
from machine.town import Town
from mywork.domain.breaks.explanation_messages import ResolveBreak
from mywork.domain.identifiers import BreakId, SellerId, UserId


@rule(2)
def collect_debts(town: Town, _: Random) -> None:
    town.core.collecting.run()


@rule(1)
def propose_a_write_off(town: Town, chance: Random) -> None:
    """Now and then of more than is owed, or of nothing."""
    debts = town.model.debts
    found = one_of(chance, [owner for owner, owed in debts.owed.items() if owed])
    if found is None:
        return
    owed, (seller_id, currency) = debts.owed[found], found
    amount, propose = chance.choice([owed, owed // 2, owed + 1]), town.core.collecting.propose
    expected = {"DebtInsufficient"} if amount > owed else set()
    answer = town.ask(
        lambda: propose(
            SellerId(UserId(seller_id)), currency, amount, reason="gone", by=UserId("finance_a")
        )
    )
    agreed(answer, expected if amount else {"MoneyInvalid"})


@rule(1)
def approve_a_write_off(town: Town, chance: Random) -> None:
    """Perhaps by the same person, perhaps when less is owed than when it was proposed."""
    debts = town.model.debts
    found = one_of(chance, debts.proposed)
    if found is None:
        return
    (amount, proposer), (seller_id, currency) = debts.proposed[found], found
    by, approve = chance.choice(["finance_a", "finance_b"]), town.core.collecting.approve
    reasons = {"SecondPersonNeeded": by == proposer, "DebtInsufficient": amount > debts.owed[found]}
    answer = town.ask(lambda: approve(SellerId(UserId(seller_id)), currency, amount, by=UserId(by)))
    agreed(answer, {reason for reason, holds in reasons.items() if holds})


PLACES = ("bank", "capital", "expense:bad_debt", "rounding")


@rule(3)
def explain_a_break(town: Town, chance: Random) -> None:
    """Somebody of ours says where the money of a break goes; now and then too late."""
    known = list(town.model.breaks.all.values())
    found = one_of(
        chance, [item for item in known if item.open] if chance.random() < 0.9 else known
    )
    if found is None:
        return
    place = chance.choice(PLACES) if found.amount else ""
    command = ResolveBreak(BreakId(found.id), place, "it was looked into", town.clock.now())
    payment = town.model.unexpected.by_charge.get(found.id)
    reasons = {
        "BreakNotOpen": not found.open,
        "ResolutionInvalid": payment is not None and not payment.settled,
    }
    refusals = {reason for reason, holds in reasons.items() if holds}
    agreed(town.command(command, "finance"), refusals)
