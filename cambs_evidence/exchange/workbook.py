"""Tables as a workbook for spreadsheets, in which every text is a text and never a formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter

from cambs_evidence.exchange.tables import Cell, Table, fitting

#: Characters that a cell can hold.
MOST = 32_767
#: Columns that go on paper; what is for programs alone comes behind them.
_PRINTED = 14
#: Rows that are written between two words of progress.
_STEP = 200


def write(path: Path, tables: Sequence[Table], title: str, day: str) -> Iterator[int]:
    """Writes the tables, a sheet each; yields how many rows are written.

    Until it is whole it is held in memory, since what it says must lie nowhere else. Texts are
    written as texts, whatever they begin with; no address in them becomes a link. The same tables
    of the same day give the same bytes.
    """
    options = {
        "constant_memory": False, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "in_memory": True,
    }  # fmt: skip
    with path.open("wb") as file:
        book = xlsxwriter.Workbook(file, options)
        # Who made it stays out of it.
        created = datetime.combine(date.fromisoformat(day), time())
        book.set_properties({"title": fitting(title, 255), "created": created})
        words = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        number = book.add_format({"valign": "top"})
        when = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
        head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, "bg_color": "#EEF1F5"}
        )
        done = 0
        for table in tables:
            sheet = book.add_worksheet(table.name)
            for column, width in enumerate(table.widths):
                sheet.set_column(column, column, width)
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.heads) - 1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.print_area(0, 0, max(len(table.rows), 1), min(len(table.heads), _PRINTED) - 1)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
            for column, name in enumerate(table.heads):
                sheet.write_string(0, column, name, head)
            for row, cells in enumerate(table.rows, 1):
                # Not every program makes a row as high as its words need.
                sheet.set_row(row, _height(cells, table.widths))
                for column, cell in enumerate(cells):
                    _put(sheet, row, column, cell, (words, number, when))
                done += 1
                if done % _STEP == 0:
                    yield done
        book.close()


def _height(cells: Sequence[Cell], widths: Sequence[int]) -> float:
    """Points that the words of a row need, about; a spreadsheet has no higher rows than 409."""
    lines = 1
    for cell, width in zip(cells, widths, strict=True):
        if isinstance(cell, str) and (len(cell) > width or "\n" in cell):
            needed = sum(1 + len(line) // max(width - 1, 1) for line in cell.split("\n"))
            lines = max(lines, needed)
    return min(15.0 * lines, 409.0)


def _put(sheet: object, row: int, column: int, cell: Cell, formats: tuple[object, ...]) -> None:
    words, number, when = formats
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, fitting(cell, MOST), words)  # type: ignore[attr-defined]
    elif isinstance(cell, date):
        at = datetime.combine(cell, time())
        # A spreadsheet's own days begin in 1900; one before that stays in words.
        if at.year > 1900:
            sheet.write_datetime(row, column, at, when)  # type: ignore[attr-defined]
        else:
            sheet.write_string(row, column, cell.isoformat(), words)  # type: ignore[attr-defined]
    else:
        sheet.write_number(row, column, cell, number)  # type: ignore[attr-defined]
