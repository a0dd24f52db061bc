"""Writes the workbooks of this folder and the same tables as CSV; needs openpyxl."""

import csv
import datetime
import pathlib
import zipfile

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = pathlib.Path(__file__).parent

HEADER = ["id", "name", "price", "member", "born", "seen", "note", "gap"]
ROWS = [
    [
        row,
        ["Anna", "Bob, Jr.", 'Carl "C"', "Dörte"][row % 4],
        row * 1.25 + 0.1,
        row % 3 == 0,
        datetime.date(1899 + row * 4, 3, 1 + row),
        datetime.datetime(2024, 2, 28, 22, 15, 30) + datetime.timedelta(hours=row * 7),
        "line one\nline two" if row == 5 else f"word {row % 3}",
        None if row % 2 else row * 1000,
    ]
    for row in range(1, 25)
]


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return value.isoformat() + "Z"
    return str(value)


def write_csv(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([text(value) for value in header])
        writer.writerows([text(value) for value in row] for row in rows)


def fill(sheet):
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append(row)
    for row in sheet.iter_rows(min_row=2):
        row[4].number_format = "dd/mm/yyyy"
        row[5].number_format = 'yyyy\\-mm\\-dd" at "hh:mm:ss'


def plain():
    book = openpyxl.Workbook()
    book.active.title = "People"
    fill(book.active)
    other = book.create_sheet("Other sheet")
    other.append(["x", "y"])
    other.append([1, "a"])
    other.append([2, "b"])
    book.save(HERE / "plain.xlsx")
    write_csv("plain.csv", HEADER, ROWS)
    write_csv("other.csv", ["x", "y"], [[1, "a"], [2, "b"]])


def mac():
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    rows = [row for row in ROWS if row[4].year >= 1904]
    sheet.append(HEADER)
    for row in rows:
        sheet.append(row)
    for row in sheet.iter_rows(min_row=2):
        row[4].number_format = "d. mmmm yyyy"
        row[5].number_format = "m/d/yy h:mm"
    book.save(HERE / "mac1904.xlsx")
    write_csv("mac1904.csv", HEADER, rows)


def odd():
    """Rich text, errors, empty rows and columns, a percent, a length of time, a formula with its cached value."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B3"], sheet["C3"], sheet["D3"], sheet["E3"] = "rich", "share", "length", "sum"
    sheet["B4"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"), " end")
    sheet["C4"], sheet["D4"], sheet["E4"] = 0.5, 1.25, "=1+2"
    sheet["C4"].number_format = "0.00%"
    sheet["D4"].number_format = "[h]:mm:ss"
    sheet["B6"], sheet["C6"], sheet["D6"], sheet["E6"] = "after a gap", "#DIV/0!", 2.5, "=2+2"
    sheet["D6"].number_format = "[h]:mm:ss"
    book.save(HERE / "odd.xlsx")
    # openpyxl writes formulas without their cached values; Excel writes them, so they are added here.
    parts = {}
    with zipfile.ZipFile(HERE / "odd.xlsx") as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    page = parts["xl/worksheets/sheet1.xml"]
    page = page.replace(b"<f>1+2</f><v></v>", b"<f>1+2</f><v>3</v>").replace(b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>")
    page = page.replace(b"<f>2+2</f><v></v>", b"<f>2+2</f><v>4</v>").replace(b"<f>2+2</f><v />", b"<f>2+2</f><v>4</v>")
    assert b"<v>4</v>" in page and b"<v>3</v>" in page
    parts["xl/worksheets/sheet1.xml"] = page
    with zipfile.ZipFile(HERE / "odd.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content)
    write_csv(
        "odd.csv",
        ["rich", "share", "length", "sum"],
        [["plain bold end", 0.5, 1.25, 3], ["after a gap", None, 2.5, 4]],
    )


def swelling():
    """A sheet of spaces that swells to a thousand times the size of the file."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{kind}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{" " * (20 << 20)}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(HERE / "swelling.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 9)


plain()
mac()
odd()
swelling()
