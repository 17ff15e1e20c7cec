"""The books for other programs: plain-text accounting, tables, and the archive.

Read in this order: `scope` (what is asked for), `books` (what is read), the formats (`beancount`,
`hledger`, `tables`, `archive`), `manifest` and `exporting` (parts that can be resumed).
"""

from mywork.exports.exporting import Export, export
from mywork.exports.local import Output, export_to_path
from mywork.exports.manifest import Manifest, Part
from mywork.exports.scope import FORMATS, Format, Scope

__all__ = [
    "FORMATS",
    "Export",
    "Format",
    "Manifest",
    "Output",
    "Part",
    "Scope",
    "export",
    "export_to_path",
]
