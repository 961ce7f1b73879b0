#!/usr/bin/env python3
"""order.py MAP TRACE...: the order in which a search's code and data are to stand in the executable.

MAP is lld's map of it (-Map), each TRACE a list of addresses that one search ran or touched, as hexadecimal numbers. Prints
a symbol of each of the linker's input sections among them: first of those that every search needs, then the rest, each as
they stood before. A symbol stands for its section, so that one is enough."""

import bisect
import collections
import re
import sys

LINE = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+ (.*)$")
KINDS = re.compile(r":\(\.(text|rodata|data|bss)\b")


def read_map(path):
    """Sections of code and data, by address: (address, size, names of symbols); and how often each symbol stands in the
    map."""
    sections, names, current = [], collections.Counter(), None
    for line in open(path):
        match = LINE.match(line)
        if not match:
            continue
        address, size, rest = int(match[1], 16), int(match[2], 16), match[3]
        name = rest.strip()
        if rest.startswith(" " * 16):
            names[name] += 1
            if current:
                current[2].append(name)
        elif rest.startswith(" " * 8):
            current = (address, size, []) if KINDS.search(name) and size else None
            if current:
                sections.append(current)
        else:
            current = None
    return sorted(sections), names


def main():
    sections, names = read_map(sys.argv[1])
    starts = [section[0] for section in sections]
    traces = sys.argv[2:]
    used = collections.defaultdict(set)
    for number, path in enumerate(traces):
        for line in open(path):
            at = int(line, 16)
            index = bisect.bisect(starts, at) - 1
            if index >= 0 and at < sections[index][0] + sections[index][1]:
                used[index].add(number)
    for index in sorted(used, key=lambda index: (len(used[index]) < len(traces), index)):
        # One that stands for no other section too.
        name = next((name for name in sections[index][2] if names[name] == 1), None)
        if name:
            print(name)


main()
