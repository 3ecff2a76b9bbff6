"""Finding the passages of one version of a document again in the next.

A single anchor knows its words and what stands around them; here both versions are at hand, so
that a look-alike can be told from the passage itself: what stands in the new version belongs to
that place of the old one which it matches best, and to no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from rapidfuzz.distance import Levenshtein

from cambs_evidence.documents.anchors import (
    LEAST_CONTEXT,
    NEVER_ALONE,
    DocumentText,
    Resolution,
    allowed_errors,
)
from cambs_evidence.documents.folding import search_key
from cambs_evidence.model import Anchor, Hold, Place

#: Letters on either side of a passage that are compared at most.
_REACH = 4000
#: Places with the same words in the old version that are told apart at most.
_MOST_ALIKE = 200
#: Letters on either side of a passage that name the gap it stood in.
_FLANK = 24
#: How much longer or shorter than the passage that gap may be, and letters it may gain anyway.
_STRETCH, _SLACK = 0.5, 8
#: Points of likeness (of 100) by which a passage has to be more like a place than any other is.
_MARGIN = 2.0

Letters = tuple[int, int]
_LOST = Resolution(Hold.LOST, None)


class Successor:
    """Two versions of one document, compared."""

    def __init__(self, old: DocumentText, new: DocumentText) -> None:
        self.old = old
        self.new = new

    def resolve(self, anchor: Anchor) -> Resolution:
        """How a passage of the old version holds in the new one.

        Exact: its own words, at the same place of the same page. Moved: its own words elsewhere,
        or its own sentence worded otherwise; a person has to confirm it. Lost: neither, or more
        than one place that could be it.
        """
        place = Place(tuple((span.page, span.start, span.end) for span in anchor.spans))
        if not search_key(anchor.quote):
            return _LOST
        ours = self.old.letters(place)
        if self._stands_still(place, ours, anchor.quote):
            return Resolution(Hold.EXACT, place)
        there = self.new.find(anchor.quote)
        once = len(there) == 1
        candidates = [each for each in there if self._is_own(each, ours, once=once)]
        if candidates:
            alone = len(candidates) == 1 and not self._reworded(ours, candidates[0])
            return Resolution(Hold.MOVED, candidates[0]) if alone else _LOST
        found = self._edited(anchor, ours)
        return Resolution(Hold.MOVED, found) if found is not None else _LOST

    # --- the same words ------------------------------------------------------------------

    @cached_property
    def _shared(self) -> tuple[int, int]:
        """How many letters both versions have in common at their beginnings and at their ends."""
        old, new = self.old.key, self.new.key
        return _common(old, new), _common(old[::-1], new[::-1])

    def _stands_still(self, place: Place, ours: Letters, quote: str) -> bool:
        if not self.new.holds(place, quote):
            return False
        return self._is_own(place, ours) and not self._rivalled(place, ours)

    def _is_own(self, place: Place, ours: Letters, *, once: bool = False) -> bool:
        """True where the same words are the passage itself and not others that read alike.

        ``once`` says that they stand in the new version once.

        What is around them in both versions is taken along as far as it agrees. Such a stretch
        has to stand once in each: then what is in one is what is in the other.
        """
        old, new = self.old.key, self.new.key
        theirs = self.new.letters(place)
        words = old[slice(*ours)]
        if words != new[slice(*theirs)]:  # interrupted by something in one of the two
            long = len(words) >= NEVER_ALONE
            return long and _once(old, words) and self._close_by(ours, theirs)
        others = [each for each in islice(_all(old, words), _MOST_ALIKE + 1) if each != ours]
        if len(others) > _MOST_ALIKE:
            return False
        if not others and once:  # whatever goes round them stands once too
            return len(words) >= NEVER_ALONE or max(self._agreeing(ours, theirs)) >= LEAST_CONTEXT
        if not self._fits(ours, theirs):
            return False
        if not others:
            return True
        # Twins are told apart by what stands on both sides of them.
        return self._enclosed(ours, theirs) and not any(self._fits(each, theirs) for each in others)

    def _fits(self, ours: Letters, theirs: Letters) -> bool:
        """True where equal words of both versions can be nothing but each other."""
        old, new = self.old.key, self.new.key
        a, b = ours
        if self._counted(ours, theirs):
            return True
        left, right = self._agreeing(ours, theirs)
        if b - a < NEVER_ALONE and max(left, right) < LEAST_CONTEXT:
            return False
        stretch = old[a - left : b + right]
        return _once(old, stretch) and _once(new, stretch)

    def _agreeing(self, ours: Letters, theirs: Letters) -> tuple[int, int]:
        """How many letters before and after two stretches are the same."""
        old, new = self.old.key, self.new.key
        (a, b), (c, d) = ours, theirs
        left = _common(old[max(a - _REACH, 0) : a][::-1], new[max(c - _REACH, 0) : c][::-1])
        return left, _common(old[b : b + _REACH], new[d : d + _REACH])

    def _enclosed(self, ours: Letters, theirs: Letters) -> bool:
        """True where what stands right before and right after both stands nowhere else."""
        left, right = self._agreeing(ours, theirs)
        begins = ours[0] == theirs[0] == left
        ends = len(self.old.key) - ours[1] == len(self.new.key) - theirs[1] == right
        before, after = self._led_to(ours, theirs)
        return (before or begins) and (after or ends)

    def _led_to(self, ours: Letters, theirs: Letters) -> tuple[bool, bool]:
        """Whether the letters right before, and right after, are the same and stand once."""
        old, new = self.old.key, self.new.key
        (a, b), (c, d) = ours, theirs
        before, after = old[max(a - _FLANK, 0) : a], old[b : b + _FLANK]
        return (
            before == new[max(c - _FLANK, 0) : c] and self._names(before),
            after == new[d : d + _FLANK] and self._names(after),
        )

    def _names(self, flank: str) -> bool:
        """True for letters that stand in one place alone in both versions."""
        long = len(flank) >= LEAST_CONTEXT
        return long and _once(self.old.key, flank) and _once(self.new.key, flank)

    def _counted(self, ours: Letters, theirs: Letters) -> bool:
        """True where nothing differs from the beginning to the passage, or from it to the end."""
        before, after = self._shared
        old, new = len(self.old.key), len(self.new.key)
        from_start = ours == theirs and ours[1] <= before
        from_end = old - ours[0] == new - theirs[0] <= after
        return from_start or from_end

    def _close_by(self, ours: Letters, theirs: Letters) -> bool:
        """True where the letters right before or right after two stretches agree."""
        (a, b), (c, d) = ours, theirs
        old, new = self.old.key, self.new.key
        before = old[max(a - LEAST_CONTEXT, 0) : a] == new[max(c - LEAST_CONTEXT, 0) : c]
        return before or old[b : b + LEAST_CONTEXT] == new[d : d + LEAST_CONTEXT]

    def _rivalled(self, place: Place, ours: Letters) -> bool:
        """True where counting from the other end leads to the same words at another place.

        So it is where one of several that are alike was taken out or put in between them.
        """
        before, after = self._shared
        shift = len(self.new.key) - len(self.old.key)
        theirs = (ours[0] + shift, ours[1] + shift)
        other = theirs if self.new.letters(place) == ours else ours
        if shift == 0 or other[0] < 0:
            return False
        same = self.new.key[slice(*other)] == self.old.key[slice(*ours)]
        return same and ours[1] <= before and len(self.old.key) - ours[0] <= after

    # --- the same sentence, worded otherwise ---------------------------------------------

    def _reworded(self, ours: Letters, found: Place) -> bool:
        """True where the words were found elsewhere and something like them stands in their gap.

        Then they are a copy, and which of the two is meant nobody can say.
        """
        theirs = self.new.letters(found)
        if min(self._agreeing(ours, theirs)) >= _FLANK:
            return False  # they stand in their gap themselves
        gap = self._gap(ours)
        return gap is not None and not _overlap(gap, theirs) and self._errors(ours, gap) is not None

    def _gap(self, ours: Letters) -> Letters | None:
        """What stands in the new version between the letters that stood round a passage."""
        old, new = self.old.key, self.new.key
        (a, b), size = ours, ours[1] - ours[0]
        before, after = old[max(a - _FLANK, 0) : a], old[b : b + _FLANK]
        if a == 0:
            low = 0
        elif self._names(before):
            low = new.index(before) + len(before)
        else:
            return None
        farthest = low + size + int(size * _STRETCH) + _SLACK
        if b == len(old):
            high = len(new)
        elif len(after) >= LEAST_CONTEXT and _once(old, after):
            high = new.find(after, low, farthest + len(after))
        else:
            return None
        return (low, high) if low < high <= farthest else None

    def _errors(self, ours: Letters, theirs: Letters) -> int | None:
        """Letters that are others between two stretches; None where they are too many."""
        wanted, there = self.old.key[slice(*ours)], self.new.key[slice(*theirs)]
        allowed = int(allowed_errors(len(wanted)) * len(wanted))
        errors = Levenshtein.distance(wanted, there, score_cutoff=allowed)
        return errors if errors <= allowed else None

    def _edited(self, anchor: Anchor, ours: Letters) -> Place | None:
        """The sentence of a passage where it was worded otherwise.

        Sought where it stood, then anywhere, with its surroundings then. It must be nobody else's.
        """
        words = self.old.key[slice(*ours)]
        if self.new.key.count(words) >= self.old.key.count(words):
            return None  # it stands as it was somewhere, if nobody can tell where
        gap = self._gap(ours)
        if gap is not None and self._errors(ours, gap) is not None:
            found = self.new.stretch(*gap)
        elif len(words) >= NEVER_ALONE and _once(self.old.key, words):
            likely = self.new.likely(anchor)
            if likely is None or not any(self._led_to(ours, self.new.letters(likely))):
                return None
            if not self._alone(ours, self.new.letters(likely)):
                return None
            found = likely
        else:
            return None
        theirs = self.new.letters(found)
        errors = self._errors(ours, theirs)
        if errors is None or self._anothers(ours, theirs, errors):
            return None
        return found

    def _alone(self, ours: Letters, theirs: Letters) -> bool:
        """True where nothing else in the new version is like a passage, unless it was there."""
        old, new = self.old.key, self.new.key
        words = old[slice(*ours)]
        return all(
            _overlap((low, high), theirs) or new[low:high] in old
            for _, low, high in self.new.alike(words, allowed_errors(len(words)))
        )

    def _anothers(self, ours: Letters, theirs: Letters, errors: int) -> bool:
        """True where another place of the old version reads like what was found, or as much so.

        A place whose own words still stand elsewhere in the new version is accounted for.
        """
        old, new = self.old.key, self.new.key
        words = new[slice(*theirs)]
        if any(not _overlap(each, ours) for each in _all(old, words)):
            return True
        likeness = 100 * (1 - errors / max(len(words), 1))
        for score, low, high in self.old.alike(words, allowed_errors(len(words))):
            rival = (low, high)
            if _overlap(rival, ours) or score < likeness - _MARGIN:
                continue
            if all(_overlap(each, theirs) for each in _all(new, old[low:high])):
                return True
        return False


def _all(text: str, words: str) -> Iterator[Letters]:
    """Every stretch of a text that has these words."""
    at = text.find(words)
    while at >= 0:
        yield at, at + len(words)
        at = text.find(words, at + 1)


def _overlap(one: Letters, other: Letters) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _once(text: str, words: str) -> bool:
    at = text.find(words)
    return at >= 0 and text.find(words, at + 1) < 0


def _common(one: str, other: str) -> int:
    """How many letters two texts have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
