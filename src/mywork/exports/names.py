"""Account names that every plain-text accounting program accepts, and back again.

`seller:user_ada:pending` becomes `Liabilities:Seller:User--ada:Pending`. An id may hold anything,
so the mapping is injective: two accounts never share a name, and `code_of` undoes `account_name`.
"""

import re
from functools import cache

ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
    "equity": "Equity",
}

_LITERALLY = "X-u"  # no escape begins so: what follows is not capitalised
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_ESCAPE = re.compile(r"--|(?:-[0-9a-f]{2})+")


@cache
def account_name(code: str, kind: str) -> str:
    """A name of capitalised words of letters, digits and hyphens, under the kind's root."""
    return ":".join((ROOTS[kind], *map(_word, code.split(":"))))


def code_of(name: str) -> str:
    """The code that `account_name` named so."""
    return ":".join(map(_unword, name.split(":")[1:]))


def _word(text: str) -> str:
    escaped = "".join(_escaped(character) for character in text)
    if text and text[0] in "abcdefghijklmnopqrstuvwxyz":
        return escaped[0].upper() + escaped[1:]
    return escaped if text and text[0] in "0123456789" else _LITERALLY + escaped


def _escaped(character: str) -> str:
    if _PLAIN.fullmatch(character):
        return character
    if character == "_":
        return "--"
    return "".join(f"-{byte:02x}" for byte in character.encode())


def _unword(word: str) -> str:
    if word.startswith(_LITERALLY):
        return _unescaped(word.removeprefix(_LITERALLY))
    return _unescaped(word[0].lower() + word[1:])


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _character(found.group()), text)


def _character(escape: str) -> str:
    return "_" if escape == "--" else bytes.fromhex(escape.replace("-", "")).decode()
