"""An example that fails says what differs, and so does every helper's own assertion."""

import subprocess
import sys
from pathlib import Path

from _pytest.assertion.rewrite import AssertionRewritingHook

TESTS = Path(__file__).parents[1]


def test_a_failing_example_names_the_event_its_field_and_both_values() -> None:
    examples = Path(__file__).with_name("failing_examples.py")
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", examples]
    said = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert "3 failed" in said.stdout, said
    assert "event 1, FundsReleased.amount_minor: 26013, expected 26012\n" in said.stdout
    assert "event 2, NoneType: None, expected FundsReleased(order_id=" in said.stdout
    assert "event 1, FundsReleased: FundsReleased(order_id=" in said.stdout


def test_whatever_tests_share_is_rewritten_by_pytest() -> None:
    shared = {
        name: module.__loader__
        for name, module in sys.modules.items()
        if Path(getattr(module, "__file__", None) or "/").is_relative_to(TESTS)
    }
    assert "servers" in shared
    plain = {
        name for name, loader in shared.items() if not isinstance(loader, AssertionRewritingHook)
    }
    assert plain == set()
