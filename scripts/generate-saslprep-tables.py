#!/usr/bin/env python3
"""Writes Sources/IMAPCore/SASL/SASLprepTables.swift: RFC 3454's tables that SASLprep (RFC 4013)
asks for, as Python's stringprep has them."""
import stringprep


def ranges(wanted):
    found = []
    for c in range(0x110000):
        if not wanted(c):
            continue
        if found and found[-1][1] == c - 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return found


def lines(words):
    out, line = [], ""
    for word in words:
        if len(line) + len(word) > 104:
            out.append(line.rstrip() + " \\")
            line = ""
        line += word + " "
    out.append(line.rstrip())
    return "\n".join("        " + line for line in out)


def as_ranges(wanted):
    return lines(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in ranges(wanted))


def table(test):
    def wanted(c):
        return test(chr(c))
    return wanted


def prohibited(c):
    x = chr(c)
    return (stringprep.in_table_c12(x) or stringprep.in_table_c21_c22(x) or stringprep.in_table_c3(x)
            or stringprep.in_table_c4(x) or stringprep.in_table_c5(x) or stringprep.in_table_c6(x)
            or stringprep.in_table_c7(x) or stringprep.in_table_c8(x) or stringprep.in_table_c9(x))


tables = [
    ("spaces", "Non-ASCII spaces (C.1.2), which become U+0020.", as_ranges(table(stringprep.in_table_c12))),
    ("nothing", "What is mapped to nothing (B.1).", as_ranges(table(stringprep.in_table_b1))),
    ("prohibited", "What no prepared text holds (RFC 4013, 2.3).", as_ranges(prohibited)),
    ("rightToLeft", "RandALCat (D.1).", as_ranges(table(stringprep.in_table_d1))),
    ("leftToRight", "LCat (D.2).", as_ranges(table(stringprep.in_table_d2))),
]
with open("Sources/IMAPCore/SASL/SASLprepTables.swift", "w") as out:
    out.write("// Made by scripts/generate-saslprep-tables.py from RFC 3454; not to be edited.\n\n")
    out.write("/// RFC 3454's tables for SASLprep, as text that is read when the first name or password beyond ASCII comes: code points\n/// in hexadecimal, single or as ranges.\n")
    out.write("enum SASLprepTables {\n")
    for index, (name, comment, text) in enumerate(tables):
        if index:
            out.write("\n")
        out.write(f"    /// {comment}\n    static let {name}: StaticString = \"\"\"\n{text}\n        \"\"\"\n")
    out.write("}\n")
