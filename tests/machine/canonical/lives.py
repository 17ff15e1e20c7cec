"""What the marketplace machine does not play: lives of subscribers, and the work of an office.

There is no model of these: they are played to be compared, and must only come to rest in the end.
"""

from collections.abc import Mapping
from itertools import zip_longest
from random import Random

from machine.canonical import office, subscribers
from machine.canonical.scene import MOMENTS, Row, Scene
from machine.death import Crash
from machine.rules.registry import RULES, WEIGHTS, Rule
from machine.town import Town
from machine.walk import OPENING, come_to_rest
from machine.wire import SDK_TRIES
from mywork.sandbox.stripe.faults import KINDS, Fault

_TIME = (
    "wait", "carry_webhooks", "lose_a_webhook", "work_inbox", "read_transactions", "follow",
    "meet_deadlines", "perform_effects", "repair", "stripe_changes_its_terms",
)  # fmt: skip
_BANKS = ("bank_disputes", "bank_decides", "refund_at_the_dashboard", "bank_answers_a_refund")
_SALES = ("join", "publish", "buy", "pay", "verify")
_MONEY = (
    "bank_answers", "run_payouts", "let_payouts_take_turns", "collect_debts",
    "stripe_moves_its_balance", "platform_moves_its_money", "stripe_changes_its_mind",
)  # fmt: skip


def subscriptions(database_url: str, seed: int, count: int, answers: list[Row]) -> None:
    rules = _named(*_TIME, *_BANKS) | subscribers.RULES
    _live(Scene(database_url, seed, answers), rules, _numbers(seed, count), [])


def office_work(database_url: str, seed: int, count: int, answers: list[Row]) -> None:
    rules = _named(*_TIME, *_BANKS, *_SALES, *_MONEY) | office.RULES
    opening = [RULES[name] for name in OPENING]
    _live(office.Office(database_url, seed, answers), rules, _numbers(seed, count), opening)


def _named(*names: str) -> dict[Rule, int]:
    return {RULES[name]: WEIGHTS[name] for name in names}


def _numbers(seed: int, count: int) -> list[int]:
    """One for each step, which decides all of it."""
    chance = Random(seed)
    return [chance.randrange(2**32) for _ in range(count)]


def _live(scene: Scene, rules: Mapping[Rule, int], numbers: list[int], opening: list[Rule]) -> None:
    known = {**rules, rest: 6, fail_calls: 4, _mortal(rules): 4}
    try:
        for number, first in zip_longest(numbers, opening):
            chance = Random(number)
            rule = first or _one_of(chance, known)
            with scene.step(rule.__name__):
                rule(scene, chance)
        come_to_rest(scene)
    finally:
        scene.close()


def _one_of(chance: Random, rules: Mapping[Rule, int]) -> Rule:
    (rule,) = chance.choices(list(rules), list(rules.values()))
    return rule


def rest(town: Town, _: Random) -> None:
    come_to_rest(town)


def fail_calls(town: Town, chance: Random) -> None:
    """The next call of Stripe goes wrong, or all tries of it."""
    town.wire.faults.ask(Fault(chance.choice(KINDS), left=chance.choice([1, SDK_TRIES])))


def _mortal(rules: Mapping[Rule, int]) -> Rule:
    def die(town: Town, chance: Random) -> None:
        """In the middle of another step, if it has so many moments."""
        rule = _one_of(chance, rules)
        try:
            with town.fate.sealed(chance.choice(MOMENTS)):
                rule(town, chance)
        except Crash as crash:
            town.die(str(crash))

    return die
