"""The framework that comes with the program: codes, titles, marks, blocks and short labels."""

from __future__ import annotations

import re
import tomllib
import uuid
from pathlib import Path

from cambs_evidence import paths
from cambs_evidence.errors import Unknown
from cambs_evidence.model import Criterion, Framework, Section, Target

# Identities of the bundled framework are the same in every case, so that cases can be merged.
_SPACE = uuid.UUID("5d1f8a52-7c0e-4f0b-9f4e-2a54c3f0d6a1")


def came_with_it() -> Framework:
    """The framework that comes with the program."""
    return read(paths.resources() / "framework.toml")


def read(path: Path) -> Framework:
    """Reads a framework out of a TOML file of sections, criteria and blocks."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    version = str(data["version"])
    sections = []
    for section in data["section"]:
        number = int(section["number"])
        criteria = tuple(
            Criterion(
                id=identity(version, each["code"]),
                code=each["code"],
                label=each["label"],
                marked=bool(each.get("marked", False)),
                statement=each.get("statement"),
            )
            for each in section.get("criterion", [])
        )
        blocks = tuple(tuple(block) for block in section["blocks"])
        sections.append(
            Section(identity(version, str(number)), number, section["title"], criteria, blocks)
        )
    return Framework(data["name"], version, tuple(sections))


def identity(version: str, code: str) -> str:
    """The identity of a criterion or section (its number) of a version, the same in every case."""
    return str(uuid.uuid5(_SPACE, f"{version}/{code}"))


def target(framework: Framework, code: str) -> Target:
    """What a code names: a criterion, or a section without criteria. Raises Unknown."""
    wanted = re.sub(r"[\s)(]+", "", code)
    for section in framework.sections:
        if wanted == str(section.number):
            if section.criteria:
                raise Unknown(
                    f"Section {wanted} has criteria; name one of them, such as "
                    f"{section.criteria[0].code}.",
                    code="unknown-criterion",
                )
            return Target(wanted, section.id, None, section.title)
        for criterion in section.criteria:
            if criterion.code == wanted:
                return Target(wanted, section.id, criterion.id, criterion.label)
    raise Unknown(
        f"There is no criterion {code!r} in {framework.name} {framework.version}; "
        "the framework command lists them.",
        code="unknown-criterion",
    )
