"""Exports on a terminal."""

from dataclasses import asdict

from mywork.exports.manifest import Manifest
from mywork.rendering.terminal import console, print_json


def exported(output: str, found: Manifest, *, as_json: bool = False) -> None:
    if as_json:
        print_json({"output": output, "rows": found.rows, **asdict(found)})
        return
    console().print(
        f"{output}: {found.rows} rows up to event {found.head}; parts: {len(found.parts)}"
    )
