"""The `mywork` command as a test runs it, and what a program would read of it."""

import json
from collections.abc import Callable
from typing import Any

from click.testing import Result

Mywork = Callable[..., Result]


def answer(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.output)
