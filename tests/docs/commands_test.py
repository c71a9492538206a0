#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every command of the documentation, run on a machine of its own (world.py), or reviewed (reviewed.py). A block "text"
behind commands is their output, to the letter. Links between the pages lead somewhere. Needs root."""
import concurrent.futures
import json
import re
import subprocess
import sys
import unittest

import pages
import program_help
import reviewed
from programs import BIN, SOURCE, ProgramTest, run

WORLD = SOURCE / "tests" / "docs" / "world.py"


def reason_not_to_run(command):
    return next((why for pattern, why in reviewed.NOT_RUN.items() if re.match(pattern, command)), None)


def steps(page):
    """What is done with a page: {"file", "text"}, {"run", "shown"}, or {"left"}: a command that is not run."""
    name = pages.name(page)
    found = []
    for language, lines in pages.blocks(page):
        first = re.match(r"(?://|#) (\S+\.\w+)$", lines[0]) if lines else None
        if language == "text":
            last = next((step for step in reversed(found) if "run" in step), None)
            if last:
                last["expected"] = "\n".join(lines)
        elif language in ("conf", "ini") and first:
            found.append({"file": first[1], "text": "\n".join(lines) + "\n"})
        elif language in ("sh", "indented") and not (language == "indented" and (name, lines[0].strip()) in reviewed.NOT_COMMANDS):
            for command in pages.commands(language, lines):
                if name in reviewed.TESTED_ELSEWHERE or reason_not_to_run(command):
                    found.append({"left": command})
                else:
                    found.append(step(name, command))
    return found


def step(name, shown):
    run = shown
    for page, pattern, replacement in reviewed.CHANGED:
        if page in ("", name):
            run = re.sub(pattern, replacement, run)
    given = next((text for pattern, text in reviewed.INPUT.items() if re.search(pattern, run)), "")
    return {"run": run, "shown": shown, "input": given}


def carry_out(page):
    """The steps of a page with their outcome, on a machine of its own."""
    name = pages.name(page)
    plan = {"source": str(SOURCE), "bin": str(BIN), "pgsql": name in reviewed.PGSQL, "filled": name in reviewed.FILLED, "served": name in reviewed.SERVED,
            "before": [f"SOURCE={SOURCE}; {each}" for each in reviewed.BEFORE.get(name, ())],
            "steps": [each for each in steps(page) if "left" not in each]}
    if not any("run" in each for each in plan["steps"]):
        return []
    done = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", sys.executable, WORLD],
                          input=json.dumps(plan), capture_output=True, text=True, timeout=280)
    if done.returncode != 0:
        return [({"run": "", "shown": "setting up"}, [done.returncode, "", done.stderr])]
    return list(zip(plan["steps"], json.loads(done.stdout)))


class Commands(unittest.TestCase):
    def test_every_command_works(self):
        count = 0
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for page, outcome in zip(pages.PAGES, pool.map(carry_out, pages.PAGES)):
                for each, (status, output, error) in outcome:
                    if "run" not in each:
                        continue
                    count += 1
                    with self.subTest(page=pages.name(page), command=each["shown"]):
                        self.assertEqual(status, 0, f"{each['run']}\n{output[-2000:]}{error[-2000:]}")
                        if "expected" in each:
                            self.assertEqual(output.rstrip("\n"), each["expected"])
        self.assertGreater(count, 50)

    def test_reviewed_lists_have_nothing_that_is_gone(self):
        texts = {pages.name(page): [lines[0].strip() for language, lines in pages.blocks(page) if language == "indented"]
                 for page in pages.PAGES}
        for (name, first), _ in reviewed.NOT_COMMANDS.items():
            self.assertIn(first, texts[name], name)
        left = [each["left"] for page in pages.PAGES for each in steps(page) if "left" in each]
        for pattern in reviewed.NOT_RUN:
            self.assertTrue(any(re.match(pattern, command) for command in left), f"no command begins with {pattern}")

    def test_options_of_commands_that_are_not_run(self):
        for page in pages.PAGES:
            for each in steps(page):
                if "left" not in each:
                    continue
                with self.subTest(page=pages.name(page), command=each["left"]):
                    self.check_options(each["left"])

    def check_options(self, command):
        words = command.split()
        program = words[0].rsplit("/", 1)[-1]
        options = {word.split("=")[0] for word in words if re.match(r"--\w", word)}
        if program in program_help.PROGRAMS:
            path = max((p for p in [(), *program_help.subcommands(program)] if set(p) <= set(words)), key=len)
            self.assertLessEqual(options, program_help.options(program, *path) | program_help.options(program))
        elif words[0].startswith("scripts/") and options:
            text = subprocess.run([SOURCE / words[0], "--help"], capture_output=True, text=True, timeout=30).stdout
            for option in options:
                self.assertIn(option, text)
        elif words[0] == "cmake" and "--preset" in words:
            presets = json.loads((SOURCE / "CMakePresets.json").read_text())["configurePresets"]
            self.assertIn(words[words.index("--preset") + 1], [preset["name"] for preset in presets])
        elif words[0] in ("systemctl", "service", "update-rc.d"):
            names = [word.rsplit("/", 1)[-1].removesuffix(".service") for word in words[1:]
                     if word.rsplit("/", 1)[-1].startswith("pastmon")]
            self.assertTrue(names)
            for name in names:
                self.assertTrue((SOURCE / "etc/systemd" / f"{name}.service").exists(), name)
                self.assertTrue((SOURCE / "etc/init.d" / name).exists(), name)
        elif command.startswith("apt-get install"):
            known = (SOURCE / "scripts/install-packages").read_text().split()
            for package in words[2:]:
                self.assertTrue(package.startswith(("-", "./")) or package in " ".join(known), package)


class Configuration(ProgramTest):
    def test_examples_are_accepted(self):
        """By the sensor, by the web server, or as signatures; the page of the syntax itself has one with words in it."""
        count = 0
        for page in pages.PAGES:
            for language, lines in pages.blocks(page):
                text = "\n".join(lines) + "\n"
                if language != "conf" or "key = value;" in text:
                    continue
                count += 1
                with self.subTest(page=pages.name(page), example=text):
                    path = self.write("signatures/example.conf" if "service = {" in text else "example.conf", text, 0o640)
                    if "service = {" in text:
                        done = [run("pastmon", "--check-config", "--signatures", path.parent)]
                    else:
                        done = [run(program, "--check-config", "-c", path) for program in ("pastmon", "pastmon-web")]
                    self.assertIn(0, [each.returncode for each in done], [each.stderr for each in done])
        self.assertGreater(count, 10)

    def setUp(self):
        super().setUp()
        (self.directory / "signatures").mkdir()


class Links(unittest.TestCase):
    def test_links_lead_to_files_and_headlines(self):
        count = 0
        for page in pages.PAGES:
            text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
            for link in re.findall(r"\]\(([^)\s]+)\)", text):
                if re.match(r"https?:|mailto:", link):
                    continue
                count += 1
                target, _, anchor = link.partition("#")
                path = (page.parent / target).resolve() if target else page
                self.assertTrue(path.exists(), f"{pages.name(page)}: {link}")
                self.assertIn(SOURCE.resolve(), [path.resolve(), *path.resolve().parents], f"{pages.name(page)}: {link}")
                if anchor:
                    headlines = re.findall(r"^#+ (.*)$", path.read_text(), re.M)
                    anchors = {re.sub(r"[^\w\- ]", "", headline.lower()).replace(" ", "-") for headline in headlines}
                    self.assertIn(anchor, anchors, f"{pages.name(page)}: {link}")
        self.assertGreater(count, 100)

    def test_every_page_is_in_the_index(self):
        index = (SOURCE / "docs" / "README.md").read_text()
        for page in (*SOURCE.glob("docs/*.md"), *SOURCE.glob("docs/man/*.md")):
            if page.name != "README.md":
                self.assertIn(f"({page.relative_to(SOURCE / 'docs')})", index)

    def test_sections_that_are_named_exist(self):
        """[page.md](page.md), "Section"."""
        for page in pages.PAGES:
            for target, title in re.findall(r"\]\(([\w./-]+\.md)\), \"([^\"]+)\"", page.read_text().replace("\n", " ")):
                headlines = re.findall(r"^#+ (.*)$", (page.parent / target).resolve().read_text(), re.M)
                self.assertIn(title.lower(), [headline.strip('"').lower() for headline in headlines], f"{pages.name(page)}: {target}")


if __name__ == "__main__":
    unittest.main()
