"""The clauses of a day make one readable sentence, whatever is kept of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_astana import sentence
from geo_astana.sentence import Clause

ROUND_OPENS = Clause("talks", "the eighth Astana round opens")
CONGRESS_ENDS = Clause("talks", "the congress in Sochi ends")
RESOLUTION = Clause("decided", "resolution 2401")
OFFENSIVE = Clause("ground", "the offensive on Eastern Ghouta")
TRUCE = Clause("force", "the ceasefire of 30 December 2016")
AREAS = tuple(
    Clause("force", f"the {name} area", "de-escalation areas")
    for name in ("Idlib", "northern Homs", "southern")
)
GHOUTA = Clause("contested", "the Eastern Ghouta area", "de-escalation areas")
PLAN = Clause("planned", "the ninth Astana round", "meetings")


@pytest.mark.parametrize(
    ("clauses", "words"),
    [
        ((), "Nothing on record holds on this day."),
        ((ROUND_OPENS,), "The eighth Astana round opens."),
        (
            (ROUND_OPENS, CONGRESS_ENDS),
            "The eighth Astana round opens. The congress in Sochi ends.",
        ),
        (
            (RESOLUTION, OFFENSIVE),
            (
                "No talks are sitting. On this day: resolution 2401. "
                "On the ground: the offensive on Eastern Ghouta."
            ),
        ),
        (
            (TRUCE,),
            "No talks are sitting. The ceasefire of 30 December 2016 is in force.",
        ),
        (
            (ROUND_OPENS, TRUCE, AREAS[0]),
            (
                "The eighth Astana round opens. The ceasefire of 30 December 2016 and "
                "the Idlib area are in force."
            ),
        ),
        (
            (ROUND_OPENS, TRUCE, *AREAS),
            (
                "The eighth Astana round opens. The ceasefire of 30 December 2016 and "
                "three de-escalation areas are in force."
            ),
        ),
        (
            (ROUND_OPENS, GHOUTA, *AREAS[:2]),
            (
                "The eighth Astana round opens. The Eastern Ghouta area is contested. "
                "Two de-escalation areas are in force."
            ),
        ),
        (
            (ROUND_OPENS, PLAN),
            "The eighth Astana round opens. The ninth Astana round is planned.",
        ),
        (
            (ROUND_OPENS, PLAN, PLAN),
            "The eighth Astana round opens. Two meetings are planned.",
        ),
    ],
)
def test_the_sentence_reads(clauses: tuple[Clause, ...], words: str) -> None:
    assert sentence.join(clauses) == words


def test_groups_keep_the_order_of_the_sentence_whatever_comes_first() -> None:
    forward = sentence.join([ROUND_OPENS, GHOUTA, TRUCE, PLAN])
    assert sentence.join([PLAN, TRUCE, GHOUTA, ROUND_OPENS]) == forward


def test_beyond_twelve_the_number_is_in_figures() -> None:
    words = sentence.join([PLAN] * 13)
    assert words.endswith("13 meetings are planned.")
    assert "Twelve meetings are planned." in sentence.join([PLAN] * 12)


phrases = st.sampled_from(["the first round", "the truce", "the area", "resolution 1"])
clauses = st.lists(
    st.builds(
        Clause,
        st.sampled_from(list(sentence.GROUPS)),
        phrases,
        st.sampled_from(["", "areas"]),
    ),
    max_size=16,
)


@given(clauses)
def test_every_selection_of_clauses_is_whole_sentences(kept: list[Clause]) -> None:
    words = sentence.join(kept)
    assert words.endswith(".")
    assert "{}" not in words
    assert all(part[0].isupper() or part[0].isdigit() for part in words.split(". "))
    for clause in kept:
        if not clause.noun:
            assert clause.phrase.lower() in words.lower()


@given(clauses)
def test_it_says_that_no_talks_sit_exactly_when_none_do(kept: list[Clause]) -> None:
    words = sentence.join(kept)
    talks = any(clause.group == "talks" for clause in kept)
    assert (sentence.NO_TALKS in words) == (bool(kept) and not talks)
    assert (words == sentence.NOTHING) == (not kept)
