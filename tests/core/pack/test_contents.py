"""What a pack holds, and in which order."""

from __future__ import annotations

import pytest

from cambs_evidence.case import Case
from cambs_evidence.errors import Unknown, WordsOff
from cambs_evidence.model import Limits, PackOptions, Polarity
from cambs_evidence.wording import in_words, page_in_words


def test_every_criterion_is_there_with_its_gaps(sample: Case) -> None:
    contents = sample.pack_contents(PackOptions(date="2025-04-01"))
    codes = [each.code for section in sample.framework().sections for each in section.criteria]
    assert [chapter.code for chapter in contents.chapters] == [*codes, "18"]
    assert any(not chapter.excerpts for chapter in contents.chapters)


def test_every_link_is_an_excerpt_numbered_in_the_order_of_print(sample: Case) -> None:
    contents = sample.pack_contents(PackOptions(date="2025-04-01"))
    assert {each.link.id for each in contents.excerpts} == {each.id for each in sample.evidence()}
    references = [f"E{number}" for number in range(1, len(contents.excerpts) + 1)]
    assert [each.reference for each in contents.excerpts] == references


def test_strength_and_development_of_one_criterion_stand_in_pairs(sample: Case) -> None:
    contents = sample.pack_contents(PackOptions(date="2025-04-01"))
    conflicts = [chapter for chapter in contents.chapters if chapter.conflicting]
    assert conflicts
    for chapter in conflicts:
        first, second = chapter.excerpts[:2]
        assert first.link.polarity is Polarity.STRENGTH
        assert second.link.polarity is Polarity.DEVELOPMENT


def test_blocks_follow_the_framework(sample: Case) -> None:
    contents = sample.pack_contents(PackOptions(date="2025-04-01"))
    assert sum(len(part.blocks) for part in contents.parts) == 34
    assert contents.parts[3].blocks[0].name == "4.1–4.6"
    assert contents.parts[3].blocks[1].name == "4.7"


def test_filters_leave_out_and_say_so(sample: Case) -> None:
    some = sample.pack_contents(PackOptions(date="2025-04-01", sections=(2, 15)))
    assert [part.number for part in some.parts] == [2, 15]
    marked = sample.pack_contents(PackOptions(date="2025-04-01", marked_only=True))
    assert len(marked.chapters) == 34
    strong = sample.pack_contents(PackOptions(date="2025-04-01", polarity=Polarity.STRENGTH))
    assert {each.link.polarity for each in strong.excerpts} == {Polarity.STRENGTH}
    for contents in (some, marked, strong):
        assert contents.filters


def test_annex_holds_the_cited_pages_all_pages_or_none(sample: Case) -> None:
    cited = sample.pack_contents(PackOptions(date="2025-04-01", annex="cited"))
    pages = {
        (each.document.id, span.page)
        for each in cited.excerpts
        for span in each.link.passage.anchor.spans
    }
    assert {(page.document.id, page.page) for page in cited.annex} == pages
    full = sample.pack_contents(PackOptions(date="2025-04-01", annex="full"))
    assert len(full.annex) == sum(document.pages for document in full.documents)
    assert not sample.pack_contents(PackOptions(date="2025-04-01", annex="none")).annex


def test_the_pack_number_comes_from_the_contents(sample: Case) -> None:
    one = sample.pack_contents(PackOptions(date="2025-04-01"))
    assert one.number == sample.pack_contents(PackOptions(date="2025-04-01")).number
    assert one.number != sample.pack_contents(PackOptions(date="2025-04-02")).number
    sample.untag(one.excerpts[0].link.id)
    assert one.number != sample.pack_contents(PackOptions(date="2025-04-01")).number


def test_the_limits_of_the_case_are_those_of_its_pack(sample: Case) -> None:
    options = PackOptions(date="2025-04-01")
    usual = sample.pack_contents(options)
    assert usual.limits == Limits()
    set_ = sample.set_limits(Limits(old_after_years=1, thin_below_documents=4))
    limited = sample.pack_contents(options)
    assert limited.limits == sample.limits()
    assert limited.number != usual.number
    assert [each.coverage for each in limited.chapters] != [
        each.coverage for each in usual.chapters
    ]
    assert sample.pack_contents(options, Limits()).number == usual.number
    sample.revert(set_)
    assert sample.pack_contents(options).number == usual.number
    # The number tells of limits that change the words of the pack, and of no state in it.
    sample.set_limits(Limits(old_after_years=49))
    once = sample.pack_contents(options)
    sample.set_limits(Limits(old_after_years=50))
    again = sample.pack_contents(options)
    assert [each.coverage for each in once.chapters] == [each.coverage for each in again.chapters]
    assert once.number != again.number
    sample.set_limits(Limits())
    assert sample.pack_contents(options).number == usual.number


def test_old_evidence_is_told(sample: Case) -> None:
    contents = sample.pack_contents(PackOptions(date="2025-04-01"))
    old = {each.document.filename for each in contents.excerpts if each.old}
    assert old == {"youth-survey-2018.pdf"}


def test_an_unknown_section_or_date_is_refused(sample: Case) -> None:
    with pytest.raises(Unknown):
        sample.pack_contents(PackOptions(date="2025-04-01", sections=(19,)))
    with pytest.raises(WordsOff):
        sample.pack_contents(PackOptions(date="2025-02-30"))


def test_dates_and_pages_are_said_as_people_say_them() -> None:
    assert in_words("2014-08-08") == "8 August 2014"
    assert in_words("2014-08") == "August 2014"
    assert in_words("2014") == "2014"
    assert in_words(None) == "undated"
    assert page_in_words(11, 11, "12") == "page 12"
    assert page_in_words(11, 11, "ix") == "page 12 (printed ix)"
    assert page_in_words(4, 5, None) == "pages 5–6"
