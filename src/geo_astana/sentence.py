"""One sentence for a day, joined from clauses.

A clause is a group, a noun phrase and, where several of a kind are counted instead of
named, the noun to count. The browser joins the clauses that the selection keeps by the
same table, which `payload` sends along.
"""

from collections.abc import Iterable
from dataclasses import dataclass

# In the order of the sentence: with one subject, with several; {} is the list.
GROUPS = {
    "talks": ("{}.", "{}."),
    "decided": ("On this day: {}.", "On this day: {}."),
    "ground": ("On the ground: {}.", "On the ground: {}."),
    "contested": ("{} is contested.", "{} are contested."),
    "force": ("{} is in force.", "{} are in force."),
    "agreed": (
        "{} is agreed, not yet in force.",
        "{} are agreed, not yet in force.",
    ),
    "planned": ("{} is planned.", "{} are planned."),
}
NO_TALKS = "No talks are sitting."
NOTHING = "Nothing on record holds on this day."
# The same where a selection leaves things out: no claim about those.
NO_TALKS_CHOSEN = "No talks of the selection are sitting."
NOTHING_CHOSEN = "Nothing of the selection holds on this day."
NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the sentence; `noun` is the plural under which its like are counted."""

    group: str
    phrase: str
    noun: str = ""


def join(clauses: Iterable[Clause], *, selected: bool = False) -> str:
    """The sentence of the kept clauses, in their order.

    With `selected`, what is missing is missing from the selection only.
    """
    by_group: dict[str, list[Clause]] = {group: [] for group in GROUPS}
    for clause in clauses:
        by_group[clause.group].append(clause)
    if not any(by_group.values()):
        return NOTHING_CHOSEN if selected else NOTHING
    no_talks = NO_TALKS_CHOSEN if selected else NO_TALKS
    said = [] if by_group["talks"] else [no_talks]
    for group, (one, several) in GROUPS.items():
        members = by_group[group]
        if group == "talks":
            said += [_capital(one.replace("{}", clause.phrase)) for clause in members]
        elif members:
            subjects, count = _subjects(members)
            form = one if count == 1 else several
            said.append(_capital(form.replace("{}", subjects)))
    return " ".join(said)


def _subjects(clauses: list[Clause]) -> tuple[str, int]:
    """The subjects as a list in words and how many they are; nouns are counted."""
    words: list[str] = []
    counted: set[str] = set()
    for clause in clauses:
        same = sum(other.noun == clause.noun for other in clauses)
        if not clause.noun or same == 1:
            words.append(clause.phrase)
        elif clause.noun not in counted:
            counted.add(clause.noun)
            number = NUMBERS[same] if same < len(NUMBERS) else str(same)
            words.append(f"{number} {clause.noun}")
    text = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return text, len(clauses)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
