"""Pages of A4: text, rules and tables that flow, with headings repeated and pages counted.

The same content gives the same bytes: no date, no random identifier. Letters that the fonts of
every PDF reader lack lose their accents; other scripts are set in a font that readers bring along.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Table,
)

WIDTH, HEIGHT = A4
MARGIN, TOP, BOTTOM = 51.0, 54.0, 66.0
INNER = WIDTH - 2 * MARGIN
SIZE, SMALL, LEADING = 8.5, 7.0, 11.0
INK, GREY, ACCENT, PALE = "#1b1f24", "#6a737d", "#0b4f6c", "#eef3f6"
REGULAR, BOLD = "Helvetica", "Helvetica-Bold"
_ELSEWHERE = "STSong-Light"  # Chinese, Japanese, Greek, Cyrillic; not embedded

MOST_ROWS = 500  # of one table: what is left of it is copied for every page

_ALL = (0, 0), (-1, -1)
_FLAT: list[tuple[Any, ...]] = [
    ("TOPPADDING", *_ALL, 1), ("BOTTOMPADDING", *_ALL, 0),
    ("LEFTPADDING", *_ALL, 0), ("RIGHTPADDING", *_ALL, 0), ("VALIGN", *_ALL, "TOP"),
]  # fmt: skip
_LINED: list[tuple[Any, ...]] = [
    ("FONT", *_ALL, REGULAR, SIZE, LEADING), ("TEXTCOLOR", *_ALL, INK), ("VALIGN", *_ALL, "TOP"),
    ("FONT", (0, 0), (-1, 0), REGULAR, 7.5), ("TEXTCOLOR", (0, 0), (-1, 0), GREY),
    ("TOPPADDING", *_ALL, 3), ("BOTTOMPADDING", *_ALL, 4),
    ("LEFTPADDING", *_ALL, 4), ("RIGHTPADDING", *_ALL, 4),
    ("LINEBELOW", *_ALL, 0.5, PALE), ("LINEBELOW", (0, 0), (-1, 0), 0.8, ACCENT),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in points; numbers stand on the right."""

    title: str
    width: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A text a column; `note` stands grey below the widest one. A total is bold and filled."""

    cells: Sequence[str]
    note: str = ""
    bold: bool = False
    filled: bool = False


def text(words: str, *, size: float = SIZE, colour: str = INK, **style: Any) -> Flowable:
    """Wrapped to the width there is; what has no space to break at is broken anywhere."""
    return _paragraph(_marked(words), fontSize=size, leading=size * 1.3, textColor=colour, **style)


def masthead(name: str, of: str) -> Flowable:
    """Who says it, and what it is, above a rule."""
    said = [text(name, size=16, colour=ACCENT, fontName=BOLD),
            text(of, size=12, colour=GREY, alignment=TA_RIGHT)]  # fmt: skip
    style = [*_FLAT, ("VALIGN", *_ALL, "BOTTOM"), ("BOTTOMPADDING", *_ALL, 6),
             ("LINEBELOW", *_ALL, 1.2, ACCENT)]  # fmt: skip
    return Table([said], [INNER / 2] * 2, style=style, spaceAfter=8)


def heading(words: str) -> list[Flowable]:
    """It never stands alone at the foot of a page."""
    said = text(words, size=11, colour=ACCENT, fontName=BOLD, spaceBefore=13, spaceAfter=5)
    return [CondPageBreak(80), said]


def facts(found: Sequence[tuple[str, str, str]]) -> Flowable:
    """Beside each other: what it is, in grey; what holds; and a note to that."""
    rows = [
        [text(name, size=7.5, colour=GREY) for name, _, _ in found],
        [text(value, size=10, fontName=BOLD) for _, value, _ in found],
        [text(note, size=SMALL, colour=GREY) for _, _, note in found],
    ]
    return Table(rows, [INNER / len(found)] * len(found), style=_FLAT, spaceAfter=14)


def table(columns: Sequence[Column], rows: Sequence[Row]) -> list[Flowable]:
    """A head and its rows; the head comes again on every page. Long texts are wrapped."""
    parts = (rows[at : at + MOST_ROWS] for at in range(0, len(rows), MOST_ROWS))
    return [_part_of_table(columns, part) for part in parts]


def _part_of_table(columns: Sequence[Column], rows: Sequence[Row]) -> Flowable:
    widest = max(range(len(columns)), key=lambda number: columns[number].width)
    numbers = [number for number, column in enumerate(columns) if column.number]
    style = [*_LINED, *(("ALIGN", (number, 0), (number, -1), "RIGHT") for number in numbers)]
    for number, row in enumerate(rows, start=1):
        if row.bold:
            style.append(("FONT", (0, number), (-1, number), BOLD, SIZE, LEADING))
        if row.filled:
            style.append(("BACKGROUND", (0, number), (-1, number), PALE))
    cells = [[column.title for column in columns], *(_cells(row, widest) for row in rows)]
    widths = [column.width for column in columns]
    return LongTable(cells, widths, style=style, repeatRows=1, splitInRow=1)


def _cells(row: Row, widest: int) -> list[Any]:
    """Only the widest has texts that may be long, or need another font than a number does."""
    note = (
        f'<br/><font name="{REGULAR}" size="{SMALL}" color="{GREY}">{_marked(row.note)}</font>'
        * bool(row.note)
    )
    long = _paragraph(_marked(row.cells[widest]) + note, fontName=BOLD if row.bold else REGULAR)
    return [*row.cells[:widest], long, *row.cells[widest + 1 :]]


def render(story: Sequence[Flowable], *, title: str, author: str, foot: tuple[str, str]) -> bytes:
    """The story on as many pages as it needs; two lines stand at the foot of each."""

    class Numbered(Canvas):  # type: ignore[misc]
        """It draws the foot in the end, when it knows how many pages there are."""

        def showPage(self) -> None:  # noqa: N802
            self.whole = [*getattr(self, "whole", ()), self.__dict__.copy()]
            self._startPage()

        def save(self) -> None:
            pages = self.whole
            for number, page in enumerate(pages, start=1):
                self.__dict__.update(page)
                _draw_foot(self, foot, f"Page {number} of {len(pages)}")
                super().showPage()
            super().save()

    paper = io.BytesIO()
    SimpleDocTemplate(
        paper, pagesize=A4, title=title, author=author, creator="MyWork", lang="en", invariant=1,
        pageCompression=1, leftMargin=MARGIN - 6, rightMargin=MARGIN - 6,
        topMargin=TOP - 6, bottomMargin=BOTTOM - 6,  # a frame has six points of its own
    ).build(list(story), canvasmaker=Numbered)  # fmt: skip
    return paper.getvalue()


def _draw_foot(canvas: Canvas, lines: tuple[str, str], counted: str) -> None:
    canvas.setStrokeColor(PALE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, 50, WIDTH - MARGIN, 50)
    first, second = lines
    placed = (
        (text(first, size=7.5, colour=GREY), INNER - 70, 36),
        (text(counted, size=7.5, colour=GREY, alignment=TA_RIGHT), INNER, 36),
        (text(second, size=6.5, colour=GREY), INNER, 24),
    )
    for line, width, y in placed:
        line.wrapOn(canvas, width, HEIGHT)
        line.drawOn(canvas, MARGIN + INNER - width if line.style.alignment else MARGIN, y)


# Text ---------------------------------------------------------------------------------------


def _paragraph(marked: str, **style: Any) -> Paragraph:
    usual = {"fontName": REGULAR, "fontSize": SIZE, "leading": LEADING, "textColor": INK}
    return Paragraph(marked, ParagraphStyle("", **usual | style))


@lru_cache(maxsize=10_000)
def _marked(words: str) -> str:
    """Escaped, and with the font named for the letters that the usual ones lack."""
    runs = groupby("".join(map(_plain, words)), key=_western)
    return "".join(
        escape("".join(run)) if western else f'<font name="{_elsewhere()}">{"".join(run)}</font>'
        for western, run in runs
    )


def _plain(letter: str) -> str:
    """The letter, or what it is without an accent that the fonts lack."""
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if not _western(letter) and _western(base) else letter


def _western(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache
def _elsewhere() -> str:
    font: Any = UnicodeCIDFont(_ELSEWHERE)
    pdfmetrics.registerFont(font)
    return _ELSEWHERE
