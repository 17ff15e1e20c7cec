"""The `mywork` command in this process, on the database of a test and by the clock of its world."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from terminal import Mywork

from mywork.cli import main
from mywork.sandbox.clock import SandboxClock


@pytest.fixture
def mywork(
    request: pytest.FixtureRequest, database_url: str, redis_url: str, tmp_path: Path
) -> Mywork:
    clock = tmp_path / "clock.json"  # a marketplace goes by this one too
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": "sk_test_cli",
        "CLERK_JWKS_URL": "http://127.0.0.1:9/jwks",
        "MYWORK_CLOCK": str(clock),
    }

    def run(*arguments: str) -> Result:
        if "shop" in request.fixturenames:
            SandboxClock(clock).freeze(request.getfixturevalue("shop").clock.now())
        return CliRunner().invoke(main, arguments, env=environment)

    return run
