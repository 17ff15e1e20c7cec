"""What `docs/exports.md` says to do, done."""

import re
from pathlib import Path

import duckdb
from shop import Shop

from mywork.adapters.folder import FolderObjects
from mywork.exports.exporting import export
from mywork.exports.scope import scope_of
from mywork.ledger.trial_balance import trial_balance

DOCUMENT = Path(__file__).parents[2] / "docs" / "exports.md"


def test_the_query_on_the_archive_is_the_trial_balance(shop: Shop, tmp_path: Path) -> None:
    shop.release("1")
    store = shop.core.store
    scope = scope_of("parquet", head=store.head())
    objects = FolderObjects(tmp_path / "archive")
    export(store, objects, scope, resume=False, report=lambda *_: None)
    (query,) = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    with duckdb.connect(":memory:") as database:
        rows = database.execute(query.replace("'archive/", f"'{tmp_path}/archive/")).fetchall()
    found = trial_balance(store)
    assert rows == [(row.account, row.currency, row.balance_minor) for row in found.rows]
