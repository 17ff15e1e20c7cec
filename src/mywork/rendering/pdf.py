"""Pages of A4: text, rules and tables that flow, with headings repeated and pages counted.

The same content gives the same bytes: no date, no random identifier. Letters that the fonts of
every PDF reader lack lose their accents; other scripts are set in a font that readers bring along.
"""

import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
MARGIN, TOP, BOTTOM = 51.0, 54.0, 66.0
INNER = WIDTH - 2 * MARGIN
SIZE, LEADING = 8.5, 11.0
INK, GREY, ACCENT, PALE = "#1b1f24", "#6a737d", "#0b4f6c", "#eef3f6"

Weight = Literal["regular", "bold"]
_FONTS: dict[Weight, str] = {"regular": "Helvetica", "bold": "Helvetica-Bold"}
_ELSEWHERE = "STSong-Light"  # Chinese, Japanese, Greek, Cyrillic; not embedded


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in points; numbers stand on the right."""

    title: str
    width: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A text a column; `note` stands grey below the text of the widest column."""

    cells: Sequence[str]
    note: str = ""
    weight: Weight = "regular"
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Something of a height in points that is drawn below a point; `head` is repeated above it
    at the top of a page."""

    height: float
    draw: Callable[["Page", float], None]
    head: "Band | None" = None


class Page:
    """Draws on one page of a canvas; y counts down from the paper's upper edge."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def text(
        self,
        place: tuple[float, float],
        text: str,
        *,
        size: float = SIZE,
        weight: Weight = "regular",
        colour: str = INK,
        right: bool = False,
    ) -> None:
        """One line with its baseline at a place; `right` ends there instead of beginning."""
        x, y = place
        x -= width_of(text, size, weight) if right else 0
        self._canvas.setFillColor(colour)
        for font, run in _runs(text, weight):
            self._canvas.setFont(font, size)
            self._canvas.drawString(x, HEIGHT - y, run)
            x += pdfmetrics.stringWidth(run, font, size)

    def rule(self, y: float, *, colour: str = PALE, thickness: float = 0.5) -> None:
        self._canvas.setStrokeColor(colour)
        self._canvas.setLineWidth(thickness)
        self._canvas.line(MARGIN, HEIGHT - y, WIDTH - MARGIN, HEIGHT - y)

    def box(self, y: float, height: float, *, colour: str = PALE) -> None:
        self._canvas.setFillColor(colour)
        self._canvas.rect(MARGIN, HEIGHT - y - height, INNER, height, stroke=0, fill=1)


Foot = Callable[[Page, int, int], None]  # page, its number, how many there are


def render(bands: Sequence[Band], *, title: str, author: str, foot: Foot) -> bytes:
    """The bands one below the other, on as many pages as they need."""
    pages = list(_paginated(bands))
    paper = io.BytesIO()
    canvas = Canvas(paper, pagesize=A4, invariant=1, pageCompression=1, lang="en")
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setCreator("MyWork")
    for number, placed in enumerate(pages, start=1):
        page = Page(canvas)
        for y, band in placed:
            band.draw(page, y)
        foot(page, number, len(pages))
        canvas.showPage()
    canvas.save()
    return paper.getvalue()


def _paginated(bands: Sequence[Band]) -> Iterator[list[tuple[float, Band]]]:
    placed: list[tuple[float, Band]] = []
    y = TOP
    for band in bands:
        if y + band.height > HEIGHT - BOTTOM and placed:
            yield placed
            placed, y = [], TOP
            if band.head:
                placed, y = [(y, band.head)], y + band.head.height
        placed.append((y, band))
        y += band.height
    yield placed


def space(height: float) -> Band:
    return Band(height, _nothing)


def _nothing(page: Page, y: float) -> None:
    del page, y


def heading(text: str) -> Band:
    def draw(page: Page, y: float) -> None:
        page.text((MARGIN, y + 16), text, size=11, weight="bold", colour=ACCENT)

    return Band(24, draw)


# Tables -------------------------------------------------------------------------------------


def table(columns: Sequence[Column], rows: Sequence[Row]) -> list[Band]:
    """A head and its rows; the head comes again on every page. Long texts are wrapped."""
    head = _head(columns)
    bands = [_row(columns, row, head) for row in rows]
    return [_with_first(head, bands[0]), *bands[1:]] if bands else []


def _with_first(head: Band, first: Band) -> Band:
    """The head never stands alone at the foot of a page."""

    def draw(page: Page, y: float) -> None:
        head.draw(page, y)
        first.draw(page, y + head.height)

    return Band(head.height + first.height, draw)


def _head(columns: Sequence[Column]) -> Band:
    def draw(page: Page, y: float) -> None:
        for x, column in _placed(columns):
            at = (x + column.width if column.number else x), y + 11
            page.text(at, column.title, size=7.5, colour=GREY, right=column.number)
        page.rule(y + 16, colour=ACCENT, thickness=0.8)

    return Band(18, draw)


def _row(columns: Sequence[Column], row: Row, head: Band) -> Band:
    widest = max(range(len(columns)), key=lambda number: columns[number].width)
    texts = [
        [cell] if column.number else wrapped(cell, column.width - 8, row.weight)
        for column, cell in zip(columns, row.cells, strict=True)
    ]
    notes = wrapped(row.note, columns[widest].width - 8, "regular") if row.note else []
    lines = max(len(texts[widest]) + len(notes), *(len(found) for found in texts))
    height = lines * LEADING + 6

    def draw(page: Page, y: float) -> None:
        if row.filled:
            page.box(y, height)
        for (x, column), found in zip(_placed(columns), texts, strict=True):
            for number, line in enumerate(found):
                at = (x + column.width if column.number else x), y + 11 + number * LEADING
                page.text(at, line, weight=row.weight, right=column.number)
        for number, line in enumerate(notes, start=len(texts[widest])):
            x = list(_placed(columns))[widest][0]
            page.text((x, y + 11 + number * LEADING), line, size=7, colour=GREY)
        page.rule(y + height)

    return Band(height, draw, head)


def _placed(columns: Sequence[Column]) -> Iterator[tuple[float, Column]]:
    """Each column with where it begins; texts stand a little inside the table's edge."""
    x = MARGIN + 4
    for column in columns:
        yield x, column
        x += column.width


# Text ---------------------------------------------------------------------------------------


def wrapped(text: str, width: float, weight: Weight) -> list[str]:
    """Lines that fit; what has no space to break at is broken anywhere."""
    lines, line = [], ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if width_of(candidate, SIZE, weight) <= width:
            line = candidate
            continue
        lines += [line] if line else []
        *whole, line = _broken(word, width, weight)
        lines += whole
    return [*lines, line]


def _broken(word: str, width: float, weight: Weight) -> list[str]:
    parts, part = [], ""
    for letter in word:
        if part and width_of(part + letter, SIZE, weight) > width:
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part]


def width_of(text: str, size: float, weight: Weight = "regular") -> float:
    return float(sum(pdfmetrics.stringWidth(run, font, size) for font, run in _runs(text, weight)))


@lru_cache(maxsize=10_000)
def _runs(text: str, weight: Weight) -> tuple[tuple[str, str], ...]:
    """Pieces of a text, each with the font that has its letters."""
    found = groupby("".join(map(_plain, text)), key=_western)
    return tuple(
        (_FONTS[weight] if western else _elsewhere(), "".join(run)) for western, run in found
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
