"""Settings that make no sense are refused at the start, in one line."""

from typing import get_args

import pytest
from pydantic import SecretStr

from mywork.domain.seller import Level
from mywork.settings import LEVELS, Settings, SettingsMissing


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
    found = Settings(database_url=SecretStr("postgresql://x"), mywork_reserves=text)
    with pytest.raises(SettingsMissing, match="MYWORK_RESERVES is JSON such as"):
        found.check()
