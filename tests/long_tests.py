"""What is long by nature: how much of it `scripts/test` plays, and how much `scripts/soak`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Long:
    test: str  # as pytest's arguments
    option: str
    meaning: str
    usual: int  # in scripts/test
    soaked: int  # in one play of scripts/soak

    def played(self, seed: int) -> str:
        return f"{self.test} {self.option} {self.soaked} --seed {seed}"


WALKS = Long(
    "tests/test_marketplace_machine.py -k long_walks",
    "--steps",
    "steps of the marketplace machine's long walks",
    1_500,
    10_000,
)
LONG = (
    WALKS,
    Long(
        "tests/test_order_of_webhooks.py",
        "--orders",
        "orders in which a story's webhooks come",
        40,
        200,
    ),
    Long("tests/test_marketplace_month.py", "--sales", "sales of a month", 250, 1_000),
    Long("tests/test_crash.py", "--kills", "kills of those who take and work webhooks", 4, 8),
)
