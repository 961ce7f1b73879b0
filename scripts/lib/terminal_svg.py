"""A terminal's screen, as `tmux capture-pane -e` tells it, drawn as an SVG.

    tmux capture-pane -e -p | python3 terminal_svg.py TITLE > picture.svg

Colours, bold, faint, underlined and reversed text are drawn as a dark terminal has them; each run of text is held to its
cells, whatever font the reader's browser takes.
"""

import re
import sys
import unicodedata
from html import escape

CELL_WIDTH, LINE_HEIGHT, FONT_SIZE = 8.4, 19, 14
MARGIN, TITLE_HEIGHT = 16, 38
BACKGROUND, FOREGROUND, BAR = "#16181f", "#d5d9e4", "#20232d"
COLOURS = ["#3b4050", "#f2727f", "#8fd18a", "#e8c074", "#74a8f5", "#c397f0", "#62cbd0", "#d5d9e4"]
BRIGHT = ["#737a8f", "#ff8d97", "#a9e5a3", "#f7d794", "#93bdff", "#d8b4ff", "#84e3e7", "#ffffff"]
FONTS = "ui-monospace, 'SFMono-Regular', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class Pen:
    """What the escape sequences so far have chosen."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.colour = self.back = None
        self.bold = self.faint = self.italic = self.underlined = self.reversed = False

    def obey(self, codes):
        numbers = [int(code) if code else 0 for code in codes.split(";")]
        while numbers:
            code = numbers.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 2, 3, 4, 7):
                setattr(self, {1: "bold", 2: "faint", 3: "italic", 4: "underlined", 7: "reversed"}[code], True)
            elif code == 22:
                self.bold = self.faint = False
            elif code in (23, 24, 27):
                setattr(self, {23: "italic", 24: "underlined", 27: "reversed"}[code], False)
            elif code in (38, 48) and numbers[:1] == [5] and len(numbers) > 1:
                colour = palette(numbers[1])
                numbers = numbers[2:]
                setattr(self, "colour" if code == 38 else "back", colour)
            elif 30 <= code <= 37:
                self.colour = COLOURS[code - 30]
            elif 90 <= code <= 97:
                self.colour = BRIGHT[code - 90]
            elif 40 <= code <= 47:
                self.back = COLOURS[code - 40]
            elif 100 <= code <= 107:
                self.back = BRIGHT[code - 100]
            elif code == 39:
                self.colour = None
            elif code == 49:
                self.back = None

    def look(self):
        """(attributes of the text, colour behind it)"""
        colour, back = self.colour or FOREGROUND, self.back
        if self.reversed:
            colour, back = back or BACKGROUND, colour
        attributes = f' fill="{colour}"'
        if self.bold:
            attributes += ' font-weight="700"'
        if self.faint:
            attributes += ' opacity="0.6"'
        if self.italic:
            attributes += ' font-style="italic"'
        if self.underlined:
            attributes += ' text-decoration="underline"'
        return attributes, back


def palette(number):
    """A colour of the 256."""
    if number < 8:
        return COLOURS[number]
    if number < 16:
        return BRIGHT[number - 8]
    if number >= 232:
        return "#" + f"{8 + (number - 232) * 10:02x}" * 3
    number -= 16
    return "#" + "".join(f"{55 + 40 * level if level else 0:02x}" for level in (number // 36, number // 6 % 6, number % 6))


def width(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def runs(line, pen):
    """(column, columns, text, look) of each piece of a line that looks alike."""
    found, column = [], 0
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        if piece.startswith("\x1b["):
            pen.obey(piece[2:-1])
            continue
        # Wide characters and rules apart from other text, so that each is held to its own cells.
        for text in re.findall(r"│|[^│\u1100-\U0003ffff]+|[\u1100-\u24ff\u2600-\U0003ffff]+", piece):
            columns = sum(map(width, text))
            found.append((column, columns, text, pen.look()))
            column += columns
    return found, column


def draw(screen, title):
    lines, pen, widest = [], Pen(), 0
    for line in screen.rstrip("\n").split("\n"):
        found, columns = runs(line, pen)
        lines.append(found)
        widest = max(widest, columns)
    wide = MARGIN * 2 + widest * CELL_WIDTH
    high = TITLE_HEIGHT + MARGIN + len(lines) * LINE_HEIGHT
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high}" width="{wide:.0f}" height="{high}" '
        f'role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="10" fill="{BACKGROUND}"/>',
        f'<path d="M0 {TITLE_HEIGHT - 8}V10a10 10 0 0 1 10-10h{wide - 20:.0f}a10 10 0 0 1 10 10v{TITLE_HEIGHT - 18}z" '
        f'fill="{BAR}"/>',
    ]
    for index, colour in enumerate(["#ee6a5f", "#f5bd4f", "#61c454"]):
        out.append(f'<circle cx="{20 + index * 20}" cy="15" r="6" fill="{colour}"/>')
    out.append(f'<g font-family="{FONTS}" font-size="{FONT_SIZE}">')
    out.append(f'<text x="{wide / 2:.0f}" y="20" fill="#8b91a5" font-size="13" text-anchor="middle">{escape(title)}</text>')
    for number, line in enumerate(lines):
        top = TITLE_HEIGHT + number * LINE_HEIGHT
        for column, columns, text, (attributes, back) in line:
            x, length = MARGIN + column * CELL_WIDTH, columns * CELL_WIDTH
            if back:
                out.append(f'<rect x="{x:.1f}" y="{top}" width="{length + 0.3:.1f}" height="{LINE_HEIGHT}" fill="{back}"/>')
            bare = text.strip(" ")
            if not bare:
                continue
            if set(bare) == {"│"}:
                # As one line from cell to cell, which no font draws at this height.
                x += CELL_WIDTH / 2
                out.append(f'<path d="M{x:.1f} {top}v{LINE_HEIGHT}" stroke="#3a3f4d"/>')
                continue
            x += (len(text) - len(text.lstrip(" "))) * CELL_WIDTH
            length = sum(map(width, bare)) * CELL_WIDTH
            out.append(
                f'<text x="{x:.1f}" y="{top + 14}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs" '
                f'xml:space="preserve"{attributes}>{escape(bare)}</text>')
    out.append("</g></svg>")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.write(draw(sys.stdin.read(), sys.argv[1]))
