"""What a speaker says of a day, and who says so, as plain text."""

from collections.abc import Iterator, Sequence
from datetime import date

from geo_astana import citation, dates, payload, selection, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import evidence
from geo_astana.link import View
from geo_astana.model import Event, Section
from geo_astana.selection import Selection
from geo_astana.timeline import Card

SECTIONS: dict[Section, str] = {
    "talks": "Talks",
    "decided": "Decided on this day",
    "ground": "On the ground",
    "regime": "Ceasefires and standing agreements",
    "zone": "Zones",
    "post": "Observation posts",
    "plan": "Planned",
}
# Of these the notes tell what happened and who was there; of the others what holds.
TOLD = ("talks", "decided", "ground")


def of_day(
    record: Dataset,
    day: date,
    chosen: Selection = selection.EVERYTHING,
    own: str = "",
) -> str:
    """What a speaker says of a day: what changes, who was there, what holds, sources.

    `own` are notes from elsewhere, such as a tour's, which come first. Numbers in
    brackets are those of the citations at the end.
    """
    state = selection.state(record, timeline.state_on(record, day), chosen)
    sources = evidence.sources_of(record, View(day=day, selection=chosen))
    numbers = {source.source_id: at for at, source in enumerate(sources, 1)}
    lines = [own, ""] if own else []
    lines += [f"{dates.in_words(day)}. {state.sentence}"]
    for change in selection.changes(record, chosen):
        if change.day == day:
            # That a plan is over goes without saying where the thing itself begins.
            first = {turn.event_id: turn.words for turn in reversed(change.turns)}
            kept = dict.fromkeys(first[turn.event_id] for turn in change.turns)
            turned = "; ".join(kept)
            lines += ["", f"What changes: {turned}."]
    for section, heading in SECTIONS.items():
        cards = [card for card in state.cards if card.section == section]
        if cards:
            lines += ["", heading]
        for card in cards:
            lines += _told(record, card, day, numbers)
    cited = (citation.text(source.record) for source in sources)
    lines += ["", "Sources", *(f"{at}. {text}" for at, text in enumerate(cited, 1))]
    return "\n".join(lines)


def _told(
    record: Dataset, card: Card, day: date, numbers: dict[str, int]
) -> Iterator[str]:
    event = record.events[card.event_id]
    label = timeline.fill(card.label, event, day)
    found = (numbers[key] for key in _sourced(record, card, day) if key in numbers)
    refs = f" [{_ranges(sorted(set(found)))}]"
    if card.section not in TOLD:
        status = "" if card.section == "plan" else card.status
        yield f"{event.title}: {', '.join(filter(None, (status, label)))}.{refs}"
        return
    place = record.place_of(event)
    where = record.gazetteer.label(place.place_id, day) if place else event.location
    when = dates.span_in_words(event.start, event.end or event.attested_until)
    yield f"{', '.join(filter(None, (event.title, where, when, label)))}."
    happened = " ".join(filter(None, (event.summary, event.outcome)))
    yield f"{happened}{refs}"
    who = [
        f"{word[0].upper()}{word[1:]}: {', '.join(names)}."
        for role, word in payload.ROLE_WORDS.items()
        if (names := _who(record, event, role))
    ]
    if who:
        yield " ".join(who)
    if event.note:
        yield f"Note: {event.note}"


def _who(record: Dataset, event: Event, role: str) -> list[str]:
    return [
        (row.person or "took part")
        if row.role == row.actor_id == "un"
        else record.actors[row.actor_id].short
        + (f" ({row.person})" if row.person else "")
        for row in record.participants.get(event.event_id, ())
        if row.role == role
    ]


def _sourced(record: Dataset, card: Card, day: date) -> list[str]:
    """A card's sources: of a plan that of its claim, of a zone its outline's too."""
    event = record.events[card.event_id]
    if card.section == "plan":
        return [
            claim.source_id for claim in record.plans if claim.claim_id == card.claim_id
        ]
    outline = (
        record.outline_on(event.zone_ids[0], day) if card.section == "zone" else None
    )
    return [*event.source_ids, *(outline.source_ids if outline else ())]


def _ranges(numbers: Sequence[int]) -> str:
    """1–3, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs
    )
