# SPDX-License-Identifier: MIT
"""The pages of the documentation, and the blocks in them."""
import re

from programs import SOURCE

PAGES = [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md")), *sorted((SOURCE / "docs" / "man").glob("*.md")),
         *sorted((SOURCE / "scripts").glob("*/README.md"))]


def name(page):
    return str(page.relative_to(SOURCE))


def blocks(page):
    """(language, lines) in their order; language is "indented" for blocks without a fence."""
    found, fence, indented, blank = [], None, None, True
    for line in page.read_text().splitlines():
        mark = re.match(r"```(\w*)", line)
        if fence is not None:
            if mark:
                found.append(fence)
                fence = None
            else:
                fence[1].append(line)
            continue
        if mark:
            fence, indented = (mark[1], []), None
        elif re.match(r" {4,}\S", line) and (blank or indented):
            if indented is None:
                indented = ("indented", [])
                found.append(indented)
            indented[1].append(line[4:])
        elif line:
            indented = None
        blank = not line
    return found


def commands(language, lines):
    """The commands of a block. Behind an indented one an explanation may stand, after two blanks or more."""
    text = "\n".join(lines).replace("\\\n", " ")
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        yield re.split(r"  +(?=[a-z])(?!.*['\"]$)", line)[0] if language == "indented" else line
