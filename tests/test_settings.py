"""Settings that make no sense are refused at the start, in one line."""

from pathlib import Path
from typing import get_args

import pytest

from mywork.adapters.signing import SigningKeyInvalid
from mywork.bootstrap import build
from mywork.domain.seller.messages import Level
from mywork.settings import LEVELS, Secret, Settings, SettingsMissing, from_environment


def test_production_does_not_start_without_a_key_to_sign_history_with() -> None:
    with pytest.raises(SettingsMissing, match="AUDIT_SIGNING_KEY"):
        Settings(mywork_env="production").check()


def test_a_signing_key_that_is_none_stops_the_start_and_is_not_shown() -> None:
    found = Settings(
        database_url=Secret("postgresql://x"),
        redis_url=Secret("redis://127.0.0.1:9/0"),
        stripe_secret_key=Secret("sk_test_x"),
        clerk_jwks_url="http://127.0.0.1:9/jwks",
        audit_signing_key=Secret("a secret that is no key"),
    )
    with pytest.raises(SigningKeyInvalid) as caught:
        build(found)
    assert "a secret" not in str(caught.value)


def test_the_environment_is_read_and_what_is_empty_is_not_set() -> None:
    given = {
        "MYWORK_ENV": "production",
        "MYWORK_LEASE_SECONDS": "7",
        "MYWORK_MAIL": "/letters",
        "MYWORK_CLOCK": "",
        "DATABASE_URL": "postgresql://user:hush@host/db",
        "CORS_ORIGINS": "https://a.example, https://b.example,",
        "NOT_OURS": "anything",
    }
    found = from_environment(given)
    assert (found.production, found.mywork_lease_seconds, found.mywork_clock) == (True, 7, None)
    assert (found.mywork_mail, found.app_url) == (Path("/letters"), "")
    assert found.cors_origins == ("https://a.example", "https://b.example")
    assert found.database_url.reveal() == given["DATABASE_URL"]
    assert "hush" not in f"{found} {found!r} {found.database_url}"
    assert from_environment({}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"), [("MYWORK_ENV", "staging"), ("MYWORK_LEASE_SECONDS", "soon")]
)
def test_what_cannot_be_meant_is_named(name: str, text: str) -> None:
    with pytest.raises(SettingsMissing, match=name):
        from_environment({name: text})


def test_reserves_by_level() -> None:
    assert Settings().reserves() == {}
    assert Settings(mywork_reserves='{"new": 1000}').reserves() == {"new": 1_000}
    assert get_args(Level) == LEVELS


@pytest.mark.parametrize(
    "text",
    ["new", "[]", '{"royal": 1000}', '{"new": 10001}', '{"new": -1}', '{"new": 2.5}',
     '{"new": "10"}', '{"new": true}'],
)  # fmt: skip
def test_reserves_that_make_no_sense_are_refused(text: str) -> None:
    found = Settings(database_url=Secret("postgresql://x"), mywork_reserves=text)
    with pytest.raises(SettingsMissing, match="MYWORK_RESERVES is JSON such as"):
        found.check()


def test_the_banks_accounts_are_json() -> None:
    given = Settings(database_url=Secret("x"), mywork_bank_accounts='{"DE 89": "EUR"}')
    assert given.bank_accounts() == {"DE89": "EUR"}
    for wrong in ("[]", "nonsense", '{"DE89": 1}'):
        with pytest.raises(SettingsMissing, match="MYWORK_BANK_ACCOUNTS"):
            Settings(database_url=Secret("x"), mywork_bank_accounts=wrong).check()
