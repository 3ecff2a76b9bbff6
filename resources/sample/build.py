"""Builds the sample case with the program's own commands, as a person would type them.

Usage: python build.py --command COMMAND --out FOLDER

What goes in lies beside this script: ``documents/``, the facts in ``case.json``, the quotes to
tag in ``links.json``, summaries, grades and actions in ``judgements.json``, where ``[[words]]``
refers to the quote that begins with them. FOLDER is made anew. Ends with the exit status of the
first command that fails.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

HERE = Path(__file__).resolve().parent
CASE = "wealdshire.cambs"
PACK = "evidence-pack.pdf"


class Contents(TypedDict):
    """What ``case.json`` holds: facts by the name of their option, likewise each document's."""

    facts: dict[str, str]
    documents: list[dict[str, str]]


class Builder:
    """Runs the steps one after the other, each announced in plain words."""

    def __init__(self, command: Path, by: str) -> None:
        # Absolute, since a bare name would be looked for on the path.
        self._command = (str(command.absolute()), "--by", by)

    def links(self, case: Path) -> dict[str, str]:
        """The link of each quote of a case."""
        command = [*self._command, "evidence", str(case), "--json"]
        said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout  # noqa: S603
        return {each["quote"]: each["id"] for each in reversed(json.loads(said)["links"])}

    def step(self, announcement: str, *words: str | Path) -> None:
        """Runs one command; ends the program with its status where that is not 0."""
        print(f"\n==> {announcement}", flush=True)
        arguments = [*self._command, *(str(word) for word in words)]
        status = subprocess.run(arguments, check=False).returncode  # noqa: S603 - our own command
        if status != 0:
            print(f"Stopped: “{words[0]}” ended with status {status}.", file=sys.stderr)
            # A command that a signal ended has a negative status; the shell's way is 128 and it.
            sys.exit(status if status > 0 else 128 - status)


def _options(facts: dict[str, str]) -> list[str]:
    # One word each, so that a value that begins with a dash is still a value.
    return [f"--{name}={value}" for name, value in facts.items()]


def _empty(out: Path) -> None:
    """Removes what an earlier run left, and nothing else."""
    if out.exists():
        if any(out.iterdir()) and not (out / CASE).exists():
            sys.exit(f"{out} holds something else than an earlier sample; choose another folder.")
        shutil.rmtree(out)
    out.mkdir(parents=True)


def _build(command: Path, out: Path) -> None:
    contents: Contents = json.loads((HERE / "case.json").read_text(encoding="utf-8"))
    facts = contents["facts"]
    case, pack = out / CASE, out / PACK
    _empty(out)

    builder = Builder(command, by=facts["author"])
    builder.step("Making a case", "new", case)
    builder.step("Setting its facts", "about", case, *_options(facts))
    builder.step("Importing the documents", "import", case, HERE / "documents")
    for document in contents["documents"]:
        known = {name: value for name, value in document.items() if name != "filename"}
        name = document["filename"]
        builder.step(f"Saying what {name} is", "describe", case, name, *_options(known))
    builder.step("Finding and tagging the quotes", "tag", case, "--from", HERE / "links.json")
    _judge(builder, case, out)
    builder.step("Showing what is covered and where the gaps are", "coverage", case)
    builder.step("Building the evidence pack", "pack", case, "-o", pack)
    builder.step("Finding every quote of the pack again", "verify", pack, "--case", case)

    print(f"\nThe sample case of {facts['authority']} is built and its pack verified:")
    print(f"  the case       {case.absolute()}")
    print(f"  its pack       {pack.absolute()}")
    print(f"  the documents  {HERE / 'documents'}")


def _judge(builder: Builder, case: Path, out: Path) -> None:
    told = json.loads((HERE / "judgements.json").read_text(encoding="utf-8"))
    links = builder.links(case)

    def link(words: str) -> str:
        return next(each for quote, each in links.items() if quote.startswith(words))

    text = out / "summary.txt"
    for each in told["judgements"]:
        summary = "\n".join(each["summary"])
        summary = re.sub(r"\[\[([^\]]+)\]\]", lambda x: f"[[link:{link(x[1])}]]", summary)
        text.write_text(summary, encoding="utf-8")
        code, grade = each["code"], [f"--grade={each['grade']}"] if "grade" in each else []
        builder.step(f"Judging block {code}", "judge", case, code, "--summary-file", text, *grade)
    text.unlink()
    for each in told["actions"]:
        known = {name: each[name] for name in ("text", "owner", "due", "done") if name in each}
        if "from" in each:
            known["link"] = link(each["from"])
        builder.step("Adding an action", "add-action", case, each["code"], *_options(known))
    builder.step("Showing what is to be done", "actions", case)


def main() -> None:
    """Reads the words and builds."""
    parser = argparse.ArgumentParser(description="Build the sample case.")
    parser.add_argument("--command", type=Path, required=True, help="the program to build with")
    parser.add_argument("--out", type=Path, required=True, help="the folder to build into")
    words = parser.parse_args()
    _build(words.command, words.out)


if __name__ == "__main__":
    main()
