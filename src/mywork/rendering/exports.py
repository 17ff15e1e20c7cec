"""Exports on a terminal."""

from mywork.documents.exports import WrittenExport
from mywork.rendering.terminal import console, print_json


def exported(found: WrittenExport, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    console().print(
        f"{found.output}: {found.rows} rows up to event {found.head}; parts: {len(found.parts)}"
    )
