"""What a text is likely evidence for: by wording, words of the field, narratives and links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cambs_evidence import paths
from cambs_evidence.framework import bundled
from cambs_evidence.mapping.boilerplate import is_boilerplate
from cambs_evidence.mapping.features import Same
from cambs_evidence.mapping.likeness import Likeness
from cambs_evidence.mapping.said import taggables
from cambs_evidence.mapping.suggesting import Linked, Suggester, train
from cambs_evidence.mapping.vocabulary import vocabulary
from cambs_evidence.model import Criterion, Framework, Section

#: Invented passages, each with what it is evidence for.
PASSAGES = {
    "Caseloads in the north fell to fourteen, and nobody waits for an allocated worker.": "4.5",
    "Every looked-after pupil had an up-to-date PEP, and the virtual school checks each.": "11.3",
    "Two in three return home interviews were offered within 72 hours of the child being found.": (
        "15.2"
    ),
    "First-time entrants to the youth justice system are down by a tenth.": "14.1",
    "Pupils' phonics results at the end of Year 1 and at Key Stage 2 rose again.": "7.2",
    "A levels and apprenticeships: fewer learners at 19 leave college without Level 3.": "7.6",
    "Families of disabled children wait too long for short breaks.": "8.7",
    "The panel approved nine new foster carers, and the recruitment campaign goes on.": "12.1",
    "Adopters told us that support after the adoption order was hard to find.": "12.7",
    "Police used abduction notices to disrupt two men who prey on girls.": "16.3",
    "MARAC hears every high-risk case of domestic abuse, and adult services attend.": "17.1",
    "Staff in all schools have had Prevent training, and Channel meets monthly.": "18",
    "Overspending on placements was met from reserves, and savings are behind plan.": "4.7",
    "Supervision happens monthly, is reflective, and is written up on the file.": "4.4",
    "Homeless sixteen-year-olds are no longer put into bed and breakfast.": "13.3",
}


@pytest.fixture(scope="module")
def tree() -> Framework:
    return bundled.read(paths.resources() / "framework.toml")


@pytest.fixture(scope="module")
def knows(tree: Framework) -> Suggester:
    return train(tree)


@pytest.mark.parametrize(("text", "code"), PASSAGES.items())
def test_labels_and_words_of_the_field_are_enough(knows: Suggester, text: str, code: str) -> None:
    found = knows.suggest(text, 3)
    assert found[0].code == code
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert all(0 <= each.score <= 1 for each in found)


@pytest.mark.parametrize("text", PASSAGES)
def test_the_words_that_speak_for_it_stand_in_the_text(knows: Suggester, text: str) -> None:
    because = knows.suggest(text, 1)[0].because
    assert because
    assert all(words in text for words in because)


def test_every_criterion_has_its_words_and_every_word_a_criterion(tree: Framework) -> None:
    assert [topic.label for topic in vocabulary().topics] == [
        each.label for each in taggables(tree)
    ]


def test_another_framework_finds_its_words_by_what_it_says() -> None:
    """Other codes, other labels and order: as next year's, or another authority's."""
    said = {
        "A1": "Workers hold no more cases than they can manage.",
        "A2": "Children who go missing are interviewed when they are back, and kept safe.",
        "B1": "Foster carers are recruited and stay.",
    }
    sections = tuple(
        Section(
            f"s{number}", number, "Part",
            tuple(
                Criterion(f"c{code}", code, text[:20], marked=False, statement=text)
                for code, text in said.items()
                if code.startswith(letter)
            ),
            (tuple(code for code in said if code.startswith(letter)),),
        )
        for number, letter in enumerate("AB", 1)
    )  # fmt: skip
    knows = train(Framework("Other", "1", sections))
    # None of these words stands in the wording.
    assert knows.suggest("Unallocated referrals and heavy workloads", 1)[0].code == "A1"
    assert (
        knows.suggest("Runaways, absconding, and a debrief with the constabulary", 1)[0].code
        == "A2"
    )
    assert knows.suggest("IFA placements are used less since fostering grew", 1)[0].code == "B1"


def test_what_the_narrative_says_under_a_block_speaks_for_it(tree: Framework) -> None:
    text = "The Wealdway lorry came to every village."
    assert train(tree).suggest(text, 3) == []
    narratives = {(8, 1): "The Wealdway lorry brings family workers and lead professionals."}
    assert train(tree, narratives).suggest(text, 1)[0].code == "8.3"
    # The same under another block.
    assert train(tree, {(14, 0): narratives[8, 1]}).suggest(text, 1)[0].code.startswith("14.")


def test_links_teach_the_more_the_more_they_are_and_can_be_forgotten(tree: Framework) -> None:
    knows = train(tree)
    text = "The Bramble Room is open on Saturdays."
    links = [Linked(f"The Bramble Room was used {often} times.", "11.5") for often in range(12)]
    knows.learn(links[0])
    once = knows.suggest(text, 1)
    for link in links[1:]:
        knows.learn(link)
    often = knows.suggest(text, 1)
    assert [each.code for each in once + often] == ["11.5", "11.5"]
    assert often[0].score > once[0].score
    assert set(often[0].because[:2]) == {"Bramble", "Room"}
    for link in links:
        knows.learn(link, -1)
    assert knows.suggest(text, 1) == train(tree).suggest(text, 1)


def test_links_that_agree_overrule_the_words_and_a_single_one_does_not(tree: Framework) -> None:
    knows = train(tree)
    text = "Workloads in the north are heavy."
    links = [Linked(f"Workloads of team {number} are heavy.", "1.6") for number in range(40)]
    assert knows.suggest(text, 1)[0].code == "4.5"
    knows.learn(links[0])
    assert knows.suggest(text, 1)[0].code == "4.5"
    for link in links[1:]:
        knows.learn(link)
    assert knows.suggest(text, 1)[0].code == "1.6"


def test_a_text_is_heard_with_what_it_stands_in(knows: Suggester) -> None:
    text = "Most interviews were in time."
    alone = {each.code: each.score for each in knows.suggest(text, 83)}
    within = knows.suggest(text, 83, ("All who come back are asked why they ran away", "Missing"))
    assert within[0].code == "15.2"
    assert within[0].score > alone["15.2"]


def test_repeating_what_is_written_counts_and_words_that_stand_nowhere_do_not() -> None:
    alike = Likeness(["A lorry visits each village", "Villages have schools"])
    assert alike.of("The lorry came to a village").tolist() == [1.0, 0.0]
    assert alike.of("Zebras").tolist() == [0.0, 0.0]


def test_a_link_to_what_the_framework_does_not_have_teaches_nothing(tree: Framework) -> None:
    knows = train(tree, {}, [Linked("The Bramble Room is open.", "99.9")])
    assert knows.suggest("The Bramble Room", 3) == train(tree).suggest("The Bramble Room", 3)


def test_words_that_mean_the_same_are_one(knows: Suggester) -> None:
    same = Same([("looked after children", "LAC", "children in care"), ("PEP", "education plan")])

    def singles(text: str) -> list[str]:
        return [each.name for each in same.features(text) if each.single]

    assert singles("LAC") == singles("looked-after children") == singles("Children in care")
    assert singles("adopters, adopted") == singles("adoption adoptive")
    assert singles("re-offending") == singles("reoffending")
    first = [
        knows.suggest(f"{who} see a dentist", 1)[0].code for who in ("LAC", "Children in care")
    ]
    assert first == ["11.2", "11.2"]


def test_words_on_either_side_of_a_full_stop_are_no_pair(knows: Suggester) -> None:
    found = knows.suggest("They talk of adoption. Support of other kinds is for later.", 3)
    assert all("adoption. Support" not in words for each in found for words in each.because)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "12",
        "91.7% 90.1% 84 89",
        "Contents",
        "Introduction\t2\nContext\t3\nSummary of fostering\t5\nGrades\t13",
        "Introduction 2 Context 3 Fostering and adoption 5 Care leavers 13 Annex 33",
        "Fostering and adoption ................ 12",
        "Children missing education\t14",
        "Wealdshire House\n12 Castle Street\nWeald\nWE1 2AB",
        "Shire Hall, Castle Hill, Wealdbury",
        "Telephone: 01234 567890  Email: enquiries@wealdshire.example.gov.uk",
        "https://www.wealdshire.example.gov.uk/fostering/adoption-support-fund",
        "© Crown copyright 2024",
        "You may copy this publication on fostering for non-commercial use.",
        "If you would like this report on adoption in large print, please ring.",
        "Dear Mr Holloway",
        "Yours sincerely",
        "Page 4 of 20",
        "17 December 2024",
        "45 ITEM 9 - APPENDIX 1",
    ],
)
def test_boilerplate_gets_no_suggestion(knows: Suggester, text: str) -> None:
    assert knows.suggest(text, 3) == []


@pytest.mark.parametrize(
    "text",
    [
        *PASSAGES,
        "Of 120 children, 45 were seen in 10 days, 60 in 15 and 15 later; visits are on time.",
        "In 2016 there were 5 placements, in 2017 there were 65.",
        "By 2 March 40 families had come and by 24 March 105 had been helped of 205 meant",
        "At Park House, a children's home, all young people say that they feel safe.",
        "Children can ring 01234 567890 at any hour, and last year 340 of them did so for help.",
        "Missing children",
        "Information for parents is provided in different formats.",
        "Persistent absence, primary 2.2 1.9 2.1",
    ],
)
def test_what_says_something_is_no_boilerplate(text: str) -> None:
    assert not is_boilerplate(text)


def test_nothing_that_is_not_about_the_field_is_suggested_for(knows: Suggester) -> None:
    assert knows.suggest("Zebras graze beyond Xanadu.", 3) == []


def test_a_criterion_without_any_words_known_is_still_found_by_its_own(tree: Framework) -> None:
    odd = Criterion("odd", "1.1", "Bees", marked=False, statement="Hives of honeybees hum.")
    section = replace(tree.sections[0], criteria=(odd,), blocks=(("1.1",),))
    knows = train(replace(tree, sections=(section, *tree.sections[1:])))
    assert knows.suggest("The honeybees left their hives.", 1)[0].code == "1.1"
