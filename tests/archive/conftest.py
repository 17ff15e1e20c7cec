"""An archive of some days of trade, in parts of a few events."""

import shutil
from pathlib import Path

import pytest
from lives import Lives
from marketplace import Marketplace

from mywork.adapters.folder import FolderObjects
from mywork.exports import records
from mywork.exports.exporting import export
from mywork.exports.scope import scope_of


def sell(marketplace: Marketplace) -> None:
    """Two sales, in two currencies, and a week in which they are released."""
    marketplace.onboarded_seller()
    for currency in ("USD", "KWD"):
        product_id = marketplace.published_product(price_minor=29_900, currency=currency)
        marketplace.pay(marketplace.placed_order(product_id), card="pm_card_bypassPending")
        marketplace.settle()
        marketplace.advance(days=4)
    marketplace.settle()


@pytest.fixture
def sold(marketplace: Marketplace, lives: Lives) -> Marketplace:
    lives.live(marketplace, sell)
    return marketplace


@pytest.fixture
def archived(sold: Marketplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an archive of what was sold."""
    return _written(sold, tmp_path / "archived", monkeypatch)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archive") / "kept"


@pytest.fixture
def archive(
    request: pytest.FixtureRequest, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An archive of one's own to damage, without the database behind it."""
    if not kept.exists():
        _written(request.getfixturevalue("sold"), kept, monkeypatch)
    return Path(shutil.copytree(kept, tmp_path / "archive"))


def _written(sold: Marketplace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(records, "EVENTS_A_PART", 7)
    scope = scope_of("parquet", head=sold.core.store.head())
    export(sold.core.store, FolderObjects(folder), scope, resume=False, report=lambda *_: None)
    return folder
