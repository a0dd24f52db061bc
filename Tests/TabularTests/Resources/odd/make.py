"""Writes the odd input files of this folder and what must become of each, `expected.json`."""

import gzip
import json
import pathlib
import zlib

HERE = pathlib.Path(__file__).parent
CASES = []


def case(name, content, **expected):
    """A file `name` of `content`; `expected` holds `error` (code, and row, line, column where there are any) or `rows`,
    and where it matters `columns`, `types`, `cells` (column, row from 1, text; null for a missing cell) and `notes`."""
    if isinstance(content, str):
        content = content.encode()
    (HERE / name).write_bytes(content)
    CASES.append({"file": name, **expected})


def error(code, **place):
    return {"code": code, **place}


I, F, B, D, T, C, X, K, U = "integer float boolean date datetime categorical text constant id_like".split()

# Nothing to read
case("empty.csv", "", error=error("empty"))
case("only-line-ends.csv", "\n\r\n\n", error=error("empty"))
case("only-spaces.csv", "   \n  \t \n", error=error("empty"))
case("only-bom.csv", b"\xef\xbb\xbf", error=error("empty"))
case("header-only.csv", "a,b,c\n", error=error("empty"))
case("header-only-no-line-end.csv", "a,b,c", error=error("empty"))
case("header-and-blank-lines.csv", "a,b,c\n\n  \n", error=error("empty"))

# Not text
case("nul-byte.csv", b"a,b\n1,2\n3,\x004\n", error=error("not_text", line=3))
case("nul-byte-late.csv", b"a,b\n" + b"1,2\n" * 400 + b"\x00,4\n", error=error("not_text", line=402))
case("png.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", error=error("unsupported_format"))
case("pdf.csv", b"%PDF-1.7\n%\xe2\xe3\n", error=error("unsupported_format"))
case("old-excel.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), error=error("unsupported_format"))
case("parquet.csv", b"PAR1\x15\x04\x15\x10" + bytes(32), error=error("unsupported_format"))
case("words-that-look-like-formats.csv", "PAR1,BZh\n1,2\n3,4\n", rows=2, columns=["PAR1", "BZh"], types=[I, I])
case("utf16-without-bom.csv", "a,b\n1,2\n".encode("utf-16-le"), error=error("not_text", line=1))
case("zip-not-a-workbook.xlsx", b"PK\x03\x04" + bytes(40), error=error("corrupt_workbook"))

# Compression, by content
case("gzip.csv", gzip.compress(b"a,b\n1,x\n2,y\n", mtime=0), rows=2, columns=["a", "b"], types=[I, C])
case("gzip-two-members.csv", gzip.compress(b"a,b\n1,x\n", mtime=0) + gzip.compress(b"2,y\n", mtime=0), rows=2, types=[I, C])
case("gzip-cut-short.csv.gz", gzip.compress(b"a,b\n" + b"1,x\n" * 99, mtime=0)[:-12], error=error("corrupt_compression"))
case("gzip-damaged.csv.gz", gzip.compress(b"a,b\n1,x\n", mtime=0)[:-6] + b"\x00" * 6, error=error("corrupt_compression"))
case("gzip-of-nothing.csv.gz", gzip.compress(b"", mtime=0), error=error("empty"))
case("zstd.csv", bytes.fromhex("28b52ffd200c610000") + b"a,b\n1,x\n2,y\n", rows=2, types=[I, C])
case("zstd-cut-short.csv.zst", bytes.fromhex("28b52ffd200c6100") + b"a,b\n", error=error("corrupt_compression"))

# Encodings
case("utf8-bom.csv", b"\xef\xbb\xbfname,n\nZ\xc3\xbcrich,1\nBern,2\n", rows=2, columns=["name", "n"], cells=[["name", 1, "Zürich"]])
case("utf16-le.csv", b"\xff\xfe" + "name,n\nZürich,1\n😀,2\n".encode("utf-16-le"), rows=2, cells=[["name", 1, "Zürich"], ["name", 2, "😀"]], types=[C, I])
case("utf16-be.csv", b"\xfe\xff" + "name;n\r\nZürich;1\r\nBern;2\r\n".encode("utf-16-be"), rows=2, cells=[["name", 1, "Zürich"]])
case("utf16-broken.csv", b"\xff\xfe" + "a,b\n1,".encode("utf-16-le") + b"\x00\xd8\x41\x00", error=error("bad_encoding"))
case("latin1.csv", "name,n\nZürich,1\nGenève,2\n".encode("latin-1"), rows=2, cells=[["name", 2, "Genève"]], notes=["latin_1"])
case("latin1-late.csv", ("name,n\n" + "Bern,1\n" * 300 + "Genève,2\n").encode("latin-1"), rows=301, cells=[["name", 301, "Genève"]], notes=["latin_1"])
case("latin1-header.csv", "größe,n\n1,1\n2,2\n".encode("latin-1"), rows=2, columns=["größe", "n"], notes=["latin_1"])
case("windows-euro.csv", b"price,n\n5 \x80,1\n6 \x80,2\n", rows=2, cells=[["price", 1, "5 €"]], notes=["latin_1"])

# Delimiters
case("semicolon.csv", "a;b\n1,5;x\n2,5;y\n", rows=2, types=[F, C], cells=[["a", 1, "1.5"]])
case("tab.tsv", "a\tb\n1\tx, y\n2\t\n", rows=2, types=[I, C], cells=[["b", 1, "x, y"], ["b", 2, None]])
case("pipe.csv", "a|b|c\n1|2|3\n4|5|6\n", rows=2, types=[I, I, I])
case("sep-hint.csv", "sep=;\na;b\n1;2\n", rows=1, columns=["a", "b"])
case("one-column.csv", "n\n1\n2\n3\n", rows=3, columns=["n"], types=[I])
case("one-column-with-commas.csv", "review\nGood, really\nBad\n", rows=2, columns=["review"], cells=[["review", 1, "Good, really"]])
case("decimal-commas-without-header.csv", "1,5;2,5\n3,5;4,5\n", rows=2, types=[F, F], cells=[["column_2", 2, "4.5"]], notes=["no_header"])

# Line ends
case("crlf.csv", "a,b\r\n1,x\r\n2,y\r\n", rows=2, types=[I, C], cells=[["b", 2, "y"]])
case("old-mac.csv", "a,b\r1,x\r2,y\r", rows=2, types=[I, C], cells=[["b", 2, "y"]])
case("mixed-line-ends.csv", "a,b\n1,x\r\n2,y\n3,z\r\n", rows=3, types=[I, C], cells=[["b", 3, "z"]])
case("no-last-line-end.csv", "a,b\n1,x\n2,y", rows=2, cells=[["b", 2, "y"]])
case("blank-lines.csv", "\n\na,b\n\n1,x\n   \n2,y\n\n", rows=2, columns=["a", "b"], types=[I, C])

# Quotes
case("doubled-quotes.csv", 'a,b\n1,"say ""hi"""\n2,""""\n', rows=2, cells=[["b", 1, 'say "hi"'], ["b", 2, '"']])
case("line-end-in-quotes.csv", 'a,b\n1,"one\ntwo"\n2,"three\r\nfour"\n', rows=2, cells=[["b", 1, "one\ntwo"], ["b", 2, "three\r\nfour"]])
case("delimiter-in-quotes.csv", 'a,b\n1,"x, y"\n2,"z"\n', rows=2, cells=[["b", 1, "x, y"]])
case("quoted-numbers.csv", '"a","b"\n"1","2.5"\n"3","4"\n', rows=2, types=[I, F])
case("quotes-inside-a-cell.csv", 'size,n\n5" pipe,1\n6" pipe,2\n', rows=2, cells=[["size", 1, '5" pipe']])
case("text-after-closing-quote.csv", 'a,b\n1,"x"y\n2,z\n', rows=2, cells=[["b", 1, "xy"]], notes=["stray_quote"])
case("unclosed-quote.csv", 'a,b\n1,x\n2,"y\n3,z\n', error=error("unclosed_quote", line=3))
case("unclosed-quote-in-header.csv", 'a,"b\n1,x\n', error=error("unclosed_quote", line=1))
case("quoted-empty.csv", 'a,b\n1,""\n2,x\n', rows=2, cells=[["b", 1, None]])
case("line-end-in-header.csv", '"two\nlines",b\n1,2\nx,3,4\n', error=error("too_many_cells", row=2, line=4))

# Ragged rows
case("short-rows.csv", "a,b,c\n1,2,3\n4,5\n6\n", rows=3, types=[I, I, I], cells=[["c", 2, None], ["b", 3, None]], notes=["short_rows"])
case("long-row.csv", "a,b\n1,2\n3,4,5\n", error=error("too_many_cells", row=2, line=3))
case("long-row-after-quoted-lines.csv", 'a,b\n1,"x\ny\nz"\n\n3,4,5\n', error=error("too_many_cells", row=2, line=6))
case("extra-empty-cells.csv", "a,b\n1,2,,\n3,4\n", rows=2, types=[I, I], notes=["extra_empty_cells"])
case("trailing-delimiters.csv", "a,b,\n1,2,\n3,4,\n", rows=2, columns=["a", "b", "column_3"], types=[I, I, K], notes=["empty_name"])

# Names
case("duplicate-names.csv", "a,a,b,a\n1,2,3,4\n", rows=1, columns=["a", "a_2", "b", "a_3"], notes=["duplicate_name", "duplicate_name"])
case("duplicate-names-taken.csv", "a,a,a_2\n1,2,3\n", rows=1, columns=["a", "a_3", "a_2"], notes=["duplicate_name"])
case("empty-names.csv", ",b,\n1,2,3\n", rows=1, columns=["column_1", "b", "column_3"], notes=["empty_name", "empty_name"])
case("names-with-spaces.csv", " a , b c \n1,2\n", rows=1, columns=["a", "b c"])
case("no-header.csv", "1,2.5,x\n3,4.5,y\n", rows=2, columns=["column_1", "column_2", "column_3"], types=[I, F, C], notes=["no_header"])
case("header-with-a-year.csv", "name,2019\nx,a\ny,b\n", rows=3, columns=["column_1", "column_2"], notes=["no_header"])
case("all-text-has-a-header.csv", "city,land\nBern,CH\nRome,IT\n", rows=2, columns=["city", "land"])

# Numbers
case("exponents.csv", "a,b\n1e5,x\n-2.5E-3,y\n.5,z\n7.,w\n", rows=4, types=[F, C], cells=[["a", 1, "100000"], ["a", 2, "-0.0025"], ["a", 3, "0.5"], ["a", 4, "7"]])
case("comma-thousands.csv", 'a,b\n"1,234.5",x\n"12,345,678",y\n99,z\n', rows=3, types=[F, C], cells=[["a", 1, "1234.5"], ["a", 2, "12345678"], ["a", 3, "99"]])
case("dot-thousands.csv", "a;b\n1.234,5;x\n12.345.678;y\n99;z\n", rows=3, types=[F, C], cells=[["a", 1, "1234.5"], ["a", 2, "12345678"], ["a", 3, "99"]])
case("ambiguous-thousands.csv", 'a,b\n"1,234",x\n"5,678",y\n', rows=2, types=[F, C], cells=[["a", 1, "1234"]], notes=["ambiguous_numbers"])
case("inconsistent-thousands.csv", 'a,b\n"1,234.5",x\n"1.234,5",y\n', rows=2, types=[C, C])
case("wrong-groups.csv", 'a,b\n"1,23",x\n"12,34,5.1",y\n', rows=2, types=[C, C])
case("large-integers.csv", "a,b\n9223372036854775807,9223372036854775808\n-9223372036854775808,1\n", rows=2, types=[I, F], cells=[["a", 1, "9223372036854775807"], ["a", 2, "-9223372036854775808"]])
case("signs-and-zeros.csv", "a,b\n+5,-0\n007,0.5\n", rows=2, types=[I, F], cells=[["a", 1, "5"], ["a", 2, "7"], ["b", 1, "0"]])
case("infinities.csv", "a,b\ninf,1\n2.5,2\n-Infinity,3\n1e999,4\n", rows=4, types=[F, I], cells=[["a", 1, None], ["a", 2, "2.5"], ["a", 3, None], ["a", 4, None]])
case("numbers-then-a-word.csv", "a,b\n" + "".join(f"{i},{i}\n" for i in range(300)) + "x,1\n", rows=301, cells=[["a", 301, "x"], ["a", 5, "4"]])
case("spaces-around.csv", "a, b\n 1 , x \n2,\ty\n", rows=2, columns=["a", "b"], types=[I, C], cells=[["b", 1, "x"], ["b", 2, "y"]])
case("not-numbers.csv", "a,b,c,d\n1.2.3,0x1F,1e,--5\n1-2,0b1,e5,5-\n", rows=2, types=[C, C, C, C])

# Missing markers, truth, constants
case("missing-markers.csv", "a,b\nNA,x\nN/A,NaN\nnull,None\n?,-\n1,\n", rows=5, types=[I, C], cells=[["a", 1, None], ["a", 4, None], ["a", 5, "1"], ["b", 1, "x"], ["b", 2, None], ["b", 4, None]])
case("none-is-a-word.csv", "a,b\nnone,1\nother,2\n", rows=2, cells=[["a", 1, "none"]])
case("all-missing.csv", "a,b\n,1\nNA,2\n", rows=2, types=[K, I])
case("booleans.csv", "a,b,c,d\nTrue,yes,T,y\nfalse,No,F,N\n", rows=2, types=[B, B, B, B], cells=[["a", 1, "True"], ["b", 2, "No"], ["d", 1, "y"]])
case("mixed-truth-words.csv", "a,b\nyes,1\ntrue,0\nno,1\n", rows=3, types=[C, I])
case("constants.csv", "a,b,c\n1,x,2024-01-01\n1,x,2024-01-01\n", rows=2, types=[K, K, K])
case("one-value-and-gaps.csv", "a,b\n1,x\n,y\n1,z\n", rows=3, types=[I, C])

# Dates
case("iso-dates.csv", "a,b\n2024-02-29,1\n1899-12-31,2\n", rows=2, types=[D, I], cells=[["a", 1, "2024-02-29"], ["a", 2, "1899-12-31"]])
case("impossible-date.csv", "a,b\n2024-02-30,1\n2024-01-01,2\n", rows=2, types=[C, I])
case("day-first.csv", "a,b\n31/12/2024,1\n01/02/2024,2\n", rows=2, types=[D, I], cells=[["a", 2, "2024-02-01"]])
case("month-first.csv", "a,b\n12/31/2024,1\n01/02/2024,2\n", rows=2, types=[D, I], cells=[["a", 2, "2024-01-02"]])
case("ambiguous-dates.csv", "a,b\n01/02/2024,1\n03/04/2024,2\n", rows=2, types=[D, I], cells=[["a", 1, "2024-01-02"]], notes=["ambiguous_dates"])
case("contradicting-dates.csv", "a,b\n31/12/2024,1\n12/31/2024,2\n", rows=2, types=[C, I])
case("dotted-dates.csv", "a;b\n1.2.2024;1\n3.4.2024;2\n", rows=2, types=[D, I], cells=[["a", 1, "2024-02-01"]])
case("month-names.csv", 'a,b\n31 Dec 2024,"March 5, 2024"\n1-Jan-99,"Apr 6, 2023"\n', rows=2, types=[D, D], cells=[["a", 2, "1999-01-01"], ["b", 1, "2024-03-05"]])
case("date-times.csv", "a,b\n2024-01-01T10:00:00Z,1\n2024-01-01 12:30:15.25+02:00,2\n2024-01-02,3\n", rows=3, types=[T, I], cells=[["a", 1, "2024-01-01T10:00:00Z"], ["a", 2, "2024-01-01T10:30:15.25Z"], ["a", 3, "2024-01-02T00:00:00Z"]])
case("afternoons.csv", "a,b\n12/31/2024 1:05 PM,1\n1/2/2024 12:00 AM,2\n", rows=2, types=[T, I], cells=[["a", 1, "2024-12-31T13:05:00Z"], ["a", 2, "2024-01-02T00:00:00Z"]])

# Strings
case("ids.csv", "code,n\n" + "".join(f"{i * 7919 % 9999:04d}-AB,{i % 3}\n" for i in range(30)), rows=30, types=[U, I])
case("id-by-name.csv", "PassengerId,n\n" + "".join(f"{i},{i % 3}\n" for i in range(1, 31)), rows=30, types=[U, I])
case("unique-numbers-are-no-ids.csv", "width,n\n" + "".join(f"{i * i},{i % 3}\n" for i in range(1, 31)), rows=30, types=[I, I])
case("texts.csv", "review,n\n" + "".join(f"the {i}th thing I bought was fine,{i % 3}\n" for i in range(30)), rows=30, types=[X, I])
case("names-are-text.csv", "name,n\n" + "".join(f'"Smith {i}, Mr. John",{i % 3}\n' for i in range(30)), rows=30, types=[X, I])
case("a-long-cell.csv", "a,b\n1," + "x" * 300_000 + "\n2,y\n", error=error("too_large", row=1, line=2, column="b"))
case("wide.csv", ",".join(f"c{i}" for i in range(500)) + "\n" + (",".join(str(i) for i in range(500)) + "\n") * 2, rows=2)

for item in CASES:
    assert "error" in item or "rows" in item, item["file"]
(HERE / "expected.json").write_text(json.dumps(CASES, indent=1, ensure_ascii=False) + "\n")
print(len(CASES), "files")
