"""Finding criteria as an officer types them: by code, by some words, with a slip of the finger."""

from __future__ import annotations

import re

from cambs_evidence.model import Framework, Section, Target

#: Likeness of a word from which a slip is forgiven, 0 to 100, and the letters it needs for that.
_ALIKE, _LONG = 80, 5
_CODE = re.compile(r"\d{1,2}(\.\d{0,2})?\.?")


def targets(framework: Framework) -> list[Target]:
    """All that can be tagged, in the order of the framework."""
    found: list[Target] = []
    for section in framework.sections:
        found.extend(
            Target(each.code, section.id, each.id, each.statement or each.label)
            for each in section.criteria
        )
        if not section.criteria:
            found.append(Target(str(section.number), section.id, None, section.title))
    return found


def matching(framework: Framework, typed: str) -> list[Target]:
    """What is meant by some words, the likeliest first; everything where nothing is typed."""
    known = targets(framework)
    words = [each for each in re.findall(r"[\w.]+", typed.lower()) if each.strip(".")]
    if not words:
        return known
    if len(words) == 1 and _CODE.fullmatch(words[0]):
        code = words[0].rstrip(".")
        exact = [each for each in known if each.code == code]
        within = [each for each in known if each.code.startswith(f"{code}.")]
        begun = [each for each in known if each.code.startswith(words[0])]
        return list(dict.fromkeys([*exact, *within, *begun]))
    words = [each.strip(".") for each in words]
    sections = {section.id: section for section in framework.sections}
    scored = []
    for place, target in enumerate(known):
        met, score = _score(target, sections[target.section_id], words)
        if met:
            scored.append((-met, -score, place, target))
    scored.sort(key=lambda each: each[:3])
    # Where some meet every word, those that meet a part of them are not meant.
    best = scored[0][0] if scored else 0
    whole = best == -len(words)
    return [target for met, _, _, target in scored if met == best or not whole]


def listed(framework: Framework, typed: str) -> list[Target]:
    """Several codes typed one after the other (``12.4, 12.5``), or nothing if they are not that."""
    codes = [each for each in re.split(r"[,;\s]+", typed.strip()) if each]
    known = {each.code: each for each in targets(framework)}
    if not codes or any(code not in known for code in codes):
        return []
    return [known[code] for code in dict.fromkeys(codes)]


def _score(target: Target, section: Section, words: list[str]) -> tuple[int, float]:
    """How many of the words are met, and how well."""
    own = re.findall(r"\w+", target.label.lower())
    around = re.findall(r"\w+", section.title.lower())
    met, total = 0, 0.0
    for word in words:
        before = total
        if target.code == word:
            total += 4
        elif any(each.startswith(word) for each in own):
            total += 3 if word in own else 2
        elif any(each.startswith(word) for each in around):
            total += 1
        elif len(word) >= _LONG and _is_slip(word, own):
            total += 0.5
        met += total > before
    return met, total


def _is_slip(word: str, words: list[str]) -> bool:
    from rapidfuzz import fuzz  # noqa: PLC0415 - seldom needed

    return any(fuzz.ratio(word, each[: len(word) + 1]) >= _ALIKE for each in words)
