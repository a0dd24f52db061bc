"""Draws a terminal's output as an SVG picture: picture.py TITLE < output.txt > picture.svg

The text may hold the escape sequences for bold; everything else is drawn as it is, in the reader's own monospaced font.
"""
import html
import re
import sys

title = sys.argv[1]
lines = [line.rstrip("\n").split("\r")[-1] for line in sys.stdin]
width = max([len(re.sub(r"\x1b\[[0-9;]*[mK]", "", line)) for line in lines] + [60]) * 8.4 + 40
height = len(lines) * 19 + 64
out = [
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" '
    f'role="img" aria-label="{html.escape(title)}">',
    f'<rect width="100%" height="100%" rx="10" fill="#14181f"/>',
    '<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/>'
    '<circle cx="62" cy="20" r="6" fill="#28c840"/>',
    f'<text x="{width / 2:.0f}" y="25" fill="#8b95a5" font-family="sans-serif" font-size="13" text-anchor="middle">'
    f'{html.escape(title)}</text>',
    '<g font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="#d7dde6" '
    'xml:space="preserve">',
]
for index, line in enumerate(lines):
    bold, spans = False, []
    for part in re.split(r"(\x1b\[[0-9;]*[mK])", line):
        if part.startswith("\x1b"):
            bold = part == "\x1b[1m"
        elif part:
            style = ' font-weight="bold" fill="#ffffff"' if bold else ""
            spans.append(f"<tspan{style}>{html.escape(part)}</tspan>")
    out.append(f'<text x="20" y="{62 + index * 19}" textLength="{len(re.sub(chr(27) + r"[^mK]*[mK]", "", line)) * 8.4:.1f}">'
               f'{"".join(spans)}</text>' if spans else "")
print("\n".join(out + ["</g></svg>"]))
