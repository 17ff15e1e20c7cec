"""The list: what each fault changes, and the tests that notice it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("mutants.toml")


class NotApplicable(Exception):
    """The text to change does not stand exactly once in its file."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """With `new` in the place of `old`, which stands once in `file`, one of `tests` fails."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def plant(self, checkout: Path) -> None:
        """Change the file there; raises NotApplicable and leaves it as it is."""
        path = checkout / self.file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if (times := text.count(self.old)) != 1:
            raise NotApplicable(f"its old text stands {times} times in {self.file}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")

    def speaks_of(self, word: str) -> bool:
        return word.lower() in f"{self.name} {self.file}".lower()


def listed(path: Path = LIST) -> list[Mutant]:
    found = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    return [Mutant(**entry | {"tests": tuple(entry["tests"])}) for entry in found]
