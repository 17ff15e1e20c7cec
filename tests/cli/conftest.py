"""The `mywork` command in this process, on the database of a test."""

import pytest
from click.testing import CliRunner, Result
from terminal import Mywork

from mywork.cli import main


@pytest.fixture
def mywork(database_url: str, redis_url: str) -> Mywork:
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": "sk_test_cli",
        "CLERK_JWKS_URL": "http://127.0.0.1:9/jwks",
    }

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env=environment)

    return run
