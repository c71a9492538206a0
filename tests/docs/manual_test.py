#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The man pages: every option of --help is in them and no other, they are well formed, their links lead somewhere."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import program_help
from programs import BIN, SOURCE

PAGES = SOURCE / "docs" / "man"


def parts(page):
    """Text under each headline "## …" of the section SUBCOMMANDS; "" is all that stands outside of it."""
    text = (PAGES / page).read_text()
    head, _, rest = text.partition("\n# SUBCOMMANDS\n")
    inner, mark, tail = rest.partition("\n# ")
    found = {"": head + mark + tail}
    for section in re.split(r"^## ", inner, flags=re.M)[1:]:
        title, _, body = section.partition("\n")
        found[title] = body
    return found


def documented(text):
    """Names of options that are defined: lines before one that begins with ":"."""
    terms = re.findall(r"^(`-.*)\n: ", text, re.M)
    return {name for term in terms for name in re.findall(r"`(--?[\w-]+)`", term)}


class Options(unittest.TestCase):
    def test_pages_and_help_agree(self):
        for program in program_help.PROGRAMS:
            sections = parts(f"{program}.8.md")
            with self.subTest(program=program):
                self.assertEqual(documented(sections.pop("")), program_help.options(program))
                self.assertEqual(sorted(sections), sorted(" ".join(path) for path in program_help.subcommands(program)))
            for title, text in sections.items():
                with self.subTest(program=program, subcommand=title):
                    self.assertEqual(documented(text), program_help.options(program, *title.split()) - {"-h", "--help"})

    def test_synopsis_of_simple_programs_has_every_option(self):
        for program in ("pastmon-web", "pastmon_summarise_level_2"):
            synopsis = (PAGES / f"{program}.8.md").read_text().split("# SYNOPSIS")[1].split("\n# ")[0]
            shown = set(re.findall(r"`(--?[\w-]+)`", synopsis))
            left_out = program_help.options(program) - shown - {"--config", "-D", "--foreground", "-h", "--help", "--version"}
            self.assertEqual(left_out, set(), program)

    def test_exit_status_of_a_wrong_option_is_the_one_of_the_pages(self):
        for program in program_help.PROGRAMS:
            done = subprocess.run([BIN / program, "--no-such-option"], capture_output=True, timeout=30)
            self.assertEqual(done.returncode, 2, program)
            self.assertIn("`2`\n: Wrong command line", (PAGES / f"{program}.8.md").read_text())


class Built(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="pastmon-test-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.out = pathlib.Path(cls.temporary.name)
        subprocess.run([SOURCE / "scripts" / "build-manual", cls.out, "1.2.3"], check=True, timeout=120)
        cls.pages = sorted(cls.out.glob("man/man*/*"), key=lambda page: page.name)

    def test_every_source_became_a_page(self):
        self.assertEqual([page.name for page in self.pages], sorted(page.stem for page in PAGES.glob("*.md")))
        self.assertGreaterEqual(len(self.pages), 8)
        for page in self.pages:
            self.assertEqual(page.parent.name, f"man{page.suffix[1:]}")

    def test_mandoc_finds_nothing_wrong(self):
        for page in self.pages:
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (0, ""), page.name)

    def test_man_shows_them_without_a_warning(self):
        for page in self.pages:
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", page], capture_output=True, text=True,
                                  timeout=60, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
            self.assertEqual((done.returncode, done.stderr), (0, ""), page.name)
            plain = re.sub(r"\x1b\[[\d;]*m|.\x08", "", done.stdout)
            self.assertIn("PasTmon 1.2.3", plain)
            self.assertNotRegex(plain, r"\*\*|(?<!\w)`|\\f|T\{", page.name)

    def test_options_can_be_copied_from_them(self):
        page = (self.out / "man/man8/pastmon.8").read_text()
        self.assertIn(r"\fB\-c\fR \fIFILE\fR, \fB\-\-config\fR \fIFILE\fR", page)
        self.assertIn(r"pastmon \-\-read trace.pcap \-\-report table", page)

    def test_whatis_reads_their_names(self):
        for page in self.pages:
            done = subprocess.run(["lexgrog", page], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn(f'"{page.stem} - ', done.stdout)

    def test_links_of_the_html_lead_to_files(self):
        count = 0
        for page in self.out.glob("html/**/*.html"):
            text = page.read_text()
            self.assertIn("manual.css", text)
            for link in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', text):
                target = page.parent / link
                if self.out / "html" not in target.resolve().parents:
                    continue  # into the source tree
                count += 1
                if target.suffix in (".html", ".css"):
                    self.assertTrue(target.exists(), f"{page.name}: {link}")
        self.assertGreater(count, 50)


if __name__ == "__main__":
    unittest.main()
