"""What a read table is made of, said without importing it: its SQL, and the code of its rows."""

import ast
import hashlib
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_OURS = (f"{__package__}.", "mywork.documents.")  # whose code makes rows and what is sent of them
_PATTERN = f"{__package__}.projection"  # which is every projection's, and makes no row


def definition(name: str) -> str:
    """The SQL of a table: names are unqualified, so that it can be made in any schema."""
    return (_HERE / "schemas" / f"{name}.sql").read_text(encoding="utf-8")


def fingerprint(name: str) -> str:
    """Changes when the table or the code of its rows does, which asks for a rebuild.

    A comment does so, too: a needless rebuild costs minutes, a missed one serves old documents.
    """
    digest = hashlib.sha256(definition(name).encode())
    for _, source in sorted(_sources_behind(f"{__package__}.{name}").items()):
        digest.update(source.encode())
    return digest.hexdigest()


def _sources_behind(module: str) -> dict[str, str]:
    """A module of the read side, and those that it takes its words from, all the way."""
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _HERE.parent.joinpath(*name.split(".")[1:]).with_suffix(".py")
        if name.startswith(_OURS) and name not in {_PATTERN, *found} and path.is_file():
            found[name] = path.read_text(encoding="utf-8")
            waiting += _imported(found[name])
    return found


@cache
def _imported(source: str) -> list[str]:
    """The modules that it imports from, and what it imports, which may be modules."""
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    names = [f"{found.module}.{name.name}" for found in imports for name in found.names]
    return [*names, *(str(found.module) for found in imports)]
