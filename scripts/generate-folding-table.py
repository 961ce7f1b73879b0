#!/usr/bin/env python3
"""Writes Sources/MailSearch/Text/FoldingTable.swift from Python's unicodedata.

Each code point becomes one number: what the tokenizer does with it.
  0 separator, 1 word as it stands, 2 ignorable (dropped within words), 3 run character (CJK and other
  scripts without spaces), 4 a token by itself (emoji), 5 apostrophe; from 8 on: 8 + the place of a fold
  string in the blob (a length byte and its UTF-8), plus 1 << 17 where that is a run character.
Run it from the package's root; `--check` only says whether the file is up to date.
"""
import re, sys, unicodedata as u

SEPARATOR, WORD, IGNORABLE, RUN, SINGLE, APOSTROPHE, FIRST_FOLD = 0, 1, 2, 3, 4, 5, 8
FOLDS_TO_RUN = 1 << 17
LAST = 0x32000      # beyond: separators, but for the few planes 14 to 16 have nothing to find
BLOCK = 64

def within(cp, *ranges):
    return any(a <= cp <= b for a, b in ranges)

def is_run(cp):
    if u.category(chr(cp)) not in ("Lo", "Lm", "Mn", "Mc", "Nl", "So") : return False
    if u.category(chr(cp)) == "So": return within(cp, (0x3200, 0x33FF))
    return within(cp, (0x0E01, 0x0E3A), (0x0E40, 0x0E4E), (0x0E81, 0x0ECE), (0x0EDC, 0x0EDF), (0x0F40, 0x0FBC),
                  (0x1000, 0x103F), (0x1050, 0x109D), (0x1100, 0x11FF), (0x1780, 0x17D3), (0x2E80, 0x2FDF),
                  (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035), (0x3038, 0x303C), (0x3041, 0x3096),
                  (0x309D, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x3105, 0x318E), (0x31A0, 0x31BF),
                  (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA48C), (0xA960, 0xA97C),
                  (0xAC00, 0xD7A3), (0xD7B0, 0xD7FB), (0xF900, 0xFAD9), (0x1B000, 0x1B2FB), (0x20000, 0x323AF))

def is_single(cp):
    return within(cp, (0x203C, 0x203C), (0x2049, 0x2049), (0x231A, 0x231B), (0x23E9, 0x23F3), (0x23F8, 0x23FA),
                  (0x2600, 0x27BF), (0x2B05, 0x2B07), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55),
                  (0x1F000, 0x1F0FF), (0x1F18E, 0x1F18E), (0x1F1E6, 0x1F1FF), (0x1F201, 0x1F265),
                  (0x1F300, 0x1F3FA), (0x1F400, 0x1FAFF)) and u.category(chr(cp)) in ("So", "Sm", "Po", "Sk", "Cn")

def is_ignorable(cp):
    if within(cp, (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
              (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0x1F3FB, 0x1F3FF), (0x640, 0x640),
              (0x5F3, 0x5F4), (0xFFF9, 0xFFFB), (0x20E3, 0x20E3)):
        return True
    # Only the marks that readers leave out: in Indic scripts and Thaana a mark is a vowel, and stays.
    return u.category(chr(cp)) in ("Mn", "Me") and within(
        cp, (0x300, 0x36F), (0x483, 0x489), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670),
        (0x6D6, 0x6ED), (0x711, 0x711), (0x730, 0x74A), (0x8D3, 0x8FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
        (0x20D0, 0x20F0), (0x2CEF, 0x2CF1), (0x2DE0, 0x2DFF), (0xA66F, 0xA67D), (0xFE20, 0xFE2F))

APOSTROPHES = {0x27, 0x2018, 0x2019, 0x201B, 0x2BC, 0x2B9, 0xFF07, 0xB7, 0x55A}

# What no decomposition tells: letters as a reader types them.
TYPED = {"ß": "ss", "ẞ": "ss", "æ": "ae", "ǽ": "ae", "ǣ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ħ": "h",
         "ı": "i", "ĸ": "k", "ł": "l", "ŀ": "l", "ŋ": "ng", "ø": "o", "ŧ": "t", "ŉ": "n", "ſ": "s", "ƀ": "b",
         "ɨ": "i", "ʉ": "u", "ς": "σ", "ґ": "г",
         # Arabic as it is typed on other keyboards
         "ٱ": "ا", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ے": "ي", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ڪ": "ك"}

def base_by_name(c):
    m = re.match(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]{1,2}) WITH ", u.name(c, ""))
    return m.group(1).lower() if m else None

def is_word(cp):
    c = u.category(chr(cp))
    return c[0] in "LN" or c in ("Mn", "Mc", "Me")

def fold(c, depth=0):
    """The letters that stand for c, without marks and case."""
    if c in TYPED: return TYPED[c]
    low = c.lower() if len(c.lower()) == 1 else c.casefold()
    cf = c.casefold()
    out = ""
    for d in u.normalize("NFKD", cf):
        cp = ord(d)
        if is_ignorable(cp) or cp in APOSTROPHES: continue
        if d in TYPED: out += TYPED[d]; continue
        if u.category(d) == "Nd": out += str(u.digit(d)); continue
        if is_run(cp): out += d; continue
        if not is_word(cp): continue
        b = base_by_name(d)
        out += b if b else d
    return out

def entry_of(cp):
    c = chr(cp)
    cat = u.category(c)
    if cp in APOSTROPHES: return APOSTROPHE
    if is_ignorable(cp): return IGNORABLE
    if is_run(cp):
        n = u.normalize("NFKC", c)
        # A compatibility form of one character is that character; one that spells out a word stays whole.
        if len(n) == 1 and n != c and is_run(ord(n)): return n
        return RUN
    if is_single(cp) and fold(c) in ("", c): return SINGLE
    if within(cp, (0xFF66, 0xFF9D), (0xFFA1, 0xFFDC)):
        n = u.normalize("NFKC", c)
        return n if len(n) == 1 and is_run(ord(n)) else SEPARATOR
    if cat in ("So", "Sc", "Sk", "Sm", "Po", "Pd", "Ps", "Pe"):
        if cp in (0x2122, 0x2120, 0xA9, 0xAE): return SEPARATOR
        f = fold(c)
        if f and f != c and cat == "So" and all(not is_run(ord(x)) for x in f): return f
        if f and f != c and cat == "So": return RUN
        return SEPARATOR
    if not is_word(cp): return SEPARATOR
    if 0xBC <= cp <= 0xBE or 0x2150 <= cp <= 0x215F or cp == 0x2189: return WORD   # fractions: ½ is not 12
    f = fold(c)
    if f == "": return SEPARATOR
    if f == c: return WORD
    if len(f.encode()) > 24: return WORD
    if any(is_run(ord(x)) for x in f): return f if len(f) == 1 else RUN
    return f

def main():
    blob, places, entries = bytearray(), {}, []
    for cp in range(LAST):
        if 0xD800 <= cp <= 0xDFFF: entries.append(SEPARATOR); continue
        e = entry_of(cp)
        if isinstance(e, str):
            # Folding twice must change nothing: queries are tokenized on the way in and again by FTS5.
            while True:
                again = "".join(x if isinstance(y := entry_of(ord(x)), int) else y for x in e)
                if again == e: break
                e = again
            raw = e.encode()
            if raw not in places:
                places[raw] = len(blob)
                blob += bytes([len(raw) + 48]) + raw
            e = FIRST_FOLD + places[raw] + (FOLDS_TO_RUN if is_run(ord(raw.decode()[0])) else 0)
        entries.append(e)
    assert max(entries) < 1 << 18
    blocks, index, stage1 = [], {}, []
    for b in range(0, LAST, BLOCK):
        t = tuple(entries[b:b + BLOCK])
        if t not in index:
            index[t] = len(blocks); blocks.append(t)
        stage1.append(index[t])
    def pack(values, width):
        s = []
        for v in values:
            assert v < 1 << (6 * width)
            for k in reversed(range(width)): s.append(chr(48 + ((v >> (6 * k)) & 63)))
        return "".join(s)
    def literal(text):
        lines = [text[i:i + 96] for i in range(0, len(text), 96)]
        return '#"""\n' + "\\#\n".join("        " + l for l in lines) + '\n        """#'
    s1, s2, b3 = pack(stage1, 2), pack([v for t in blocks for v in t], 3), blob.decode()
    out = f'''// Made by scripts/generate-folding-table.py from Unicode {u.unidata_version}: change that, not this.

/// What the tokenizer does with each code point, in two stages, packed six bits a character.
///
/// Static strings, because they need no work at start-up: a search is a process of a few milliseconds.
enum FoldingTable {{
    /// Code points from here on are separators.
    static let end: UInt32 = 0x{LAST:X}

    /// One block number (two characters) for each {BLOCK} code points.
    static let stage1: StaticString =
        {literal(s1)}

    /// {len(blocks)} blocks of {BLOCK} entries (three characters each).
    static let stage2: StaticString =
        {literal(s2)}

    /// The fold strings: a character that says the length (less 48), then UTF-8.
    static let folds: StaticString =
        {literal(b3)}
}}
'''
    path = "Sources/MailSearch/Text/FoldingTable.swift"
    if "--check" in sys.argv:
        sys.exit(0 if open(path).read() == out else f"{path} is out of date")
    open(path, "w").write(out)
    print(len(blocks), "blocks", len(s1), len(s2), len(blob), "bytes;", len(places), "folds")

main()
