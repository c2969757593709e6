"""The record holds what the dossier and the articles say, each with its source."""

from datetime import date

import pytest

from geo_astana import dataset, model, timeline
from geo_astana.model import Event

ROUNDS_IN_SOCHI = ["10", "15"]
ROUNDS_IN_NUR_SULTAN = ["12", "13", "14", "16", "17", "18"]
# The numbered conflicts of the dossier.
CONFLICTS = [f"c{number:02d}" for number in range(1, 65)]
ARTICLES = [f"article-{number:03d}" for number in range(5)]


def held(record: dataset.Dataset, track: str, kind: str) -> list[Event]:
    return [
        event
        for event in record.events.values()
        if (event.track, event.kind, event.status) == (track, kind, "held")
    ]


def test_twenty_two_astana_rounds_were_held(record: dataset.Dataset) -> None:
    rounds = held(record, "astana", "round")
    assert [event.round for event in rounds] == [str(n) for n in range(1, 23)]
    assert [event.event_id for event in rounds] == [
        f"ast-{n:02d}" for n in range(1, 23)
    ]
    assert [event.start.first for event in rounds] == sorted(
        event.start.first for event in rounds
    )


def test_rounds_10_and_15_of_astana_met_in_sochi(record: dataset.Dataset) -> None:
    by_place: dict[str, list[str]] = {}
    for event in held(record, "astana", "round"):
        by_place.setdefault(event.place_id, []).append(event.round)
    assert by_place.pop("sochi") == ROUNDS_IN_SOCHI
    assert list(by_place) == ["astana"]


def test_six_rounds_met_while_the_city_was_nur_sultan(record: dataset.Dataset) -> None:
    called = [
        event.round
        for event in held(record, "astana", "round")
        if record.gazetteer.label(event.place_id, event.start.first) == "Nur-Sultan"
    ]
    assert called == ROUNDS_IN_NUR_SULTAN


def test_a_round_23_of_astana_was_planned_and_never_held(
    record: dataset.Dataset,
) -> None:
    assert record.events["ast-23"].status == "cancelled"
    assert any(claim.event_id == "ast-23" for claim in record.plans)


def test_geneva_iv_to_ix_were_held(record: dataset.Dataset) -> None:
    later = [
        (event.event_id, event.round)
        for event in held(record, "geneva", "round")
        if event.start.first >= date(2017, 1, 1)
    ]
    numbers = ["IV", "V", "VI", "VII", "VIII", "IX"]
    assert later == [(f"gva-{number.lower()}", number) for number in numbers]
    assert record.events["gva-ix"].place_id == "vienna"


def test_eight_sessions_of_the_constitutional_committee_were_held(
    record: dataset.Dataset,
) -> None:
    sessions = held(record, "committee", "session")
    assert [event.round for event in sessions] == [str(n) for n in range(1, 9)]
    assert {event.place_id for event in sessions} == {"geneva"}
    assert record.events["cc-09"].status == "cancelled"


@pytest.mark.parametrize(("day", "count"), [(15, "1"), (16, "2")])
def test_the_second_astana_round_sat_on_both_days(
    record: dataset.Dataset, day: int, count: str
) -> None:
    today = date(2017, 2, day)
    card = next(
        card
        for card in timeline.state_on(record, today).cards
        if card.event_id == "ast-02"
    )
    event = record.events["ast-02"]
    assert (card.section, card.status) == ("talks", "held")
    assert timeline.fill(card.label, event, today) == f"day {count} of 2"
    assert "plenary on the 16th" in event.note


def test_the_four_zones_of_the_memorandum_have_a_term_each(
    record: dataset.Dataset,
) -> None:
    four = set(record.events["zone-mem"].zone_ids)
    assert four == {"idlib", "north-homs", "east-ghouta", "south"}
    assert four | {"idlib-dmz", "m4-corridor"} == set(record.zone_events)
    assert {outline.zone_id for outline in record.outlines} == set(record.zone_events)


@pytest.mark.parametrize("conflict", CONFLICTS)
def test_a_conflict_is_two_claims_or_more_with_a_verdict_each(
    record: dataset.Dataset, conflict: str
) -> None:
    claims = [claim for claim in record.claims if conflict in claim.conflict.split()]
    assert len(claims) >= 2
    for claim in claims:
        assert claim.verdict in (*model.PLAN_VERDICTS, *model.CLAIM_VERDICTS)
    assert len({(claim.field, claim.value) for claim in claims}) >= 2


def test_every_event_has_a_source_that_exists(record: dataset.Dataset) -> None:
    for event in record.events.values():
        assert event.source_ids, event.event_id
        assert set(event.source_ids) <= set(record.sources), event.event_id


def test_every_claim_names_one_source_that_exists(record: dataset.Dataset) -> None:
    for claim in record.claims:
        assert claim.source_id in record.sources, claim.claim_id
        assert claim.event_id in record.events, claim.claim_id


def test_every_outline_has_sources_and_an_error(record: dataset.Dataset) -> None:
    for outline in record.outlines:
        assert outline.source_ids
        assert set(outline.source_ids) <= set(record.sources)
        assert outline.error_km > 0


def test_every_source_has_a_title_and_a_publisher(record: dataset.Dataset) -> None:
    for source in record.sources.values():
        assert source.title, source.source_id
        assert source.publisher, source.source_id


@pytest.mark.parametrize("article", ARTICLES)
def test_each_article_is_cited(record: dataset.Dataset, article: str) -> None:
    assert article in record.sources
    assert any(article in event.source_ids for event in record.events.values())


def test_no_location_is_left_unresolved(record: dataset.Dataset) -> None:
    for event in record.events.values():
        assert bool(event.location) == bool(event.place_id), event.event_id
        if event.place_id:
            assert event.place_id in record.gazetteer.places


def test_every_event_is_a_row_of_the_frame_and_none_is_dropped(
    record: dataset.Dataset,
) -> None:
    frame = record.events_frame()
    assert list(frame["event_id"]) == list(record.events)
    assert frame.crs == "EPSG:4326"
    placed = [bool(event.place_id) for event in record.events.values()]
    assert list(frame.geometry.notna()) == placed
    sochi = frame.set_index("event_id").geometry["ast-10"]
    assert (sochi.x, sochi.y) == pytest.approx((39.72, 43.60), abs=0.02)


def test_every_outline_is_a_row_of_the_frame(record: dataset.Dataset) -> None:
    frame = record.zones_frame()
    assert list(frame["version"]) == [outline.version for outline in record.outlines]
    assert frame.geometry.is_valid.all()


def test_titles_fit_a_card_and_short_titles_fit_a_mark(record: dataset.Dataset) -> None:
    for event in record.events.values():
        assert 0 < len(event.title) <= 60, event.title
        assert 0 < len(event.short) <= 14, event.short


def test_the_record_is_whole_years_around_its_events(record: dataset.Dataset) -> None:
    assert record.record.first == date(2012, 1, 1)
    assert record.record.last == date(2025, 12, 31)
    for event in record.events.values():
        assert event.active.first in record.record, event.event_id


def test_what_was_never_held_is_never_active(record: dataset.Dataset) -> None:
    never = {
        event.event_id
        for event in record.events.values()
        if event.status in ("cancelled", "missed")
    }
    assert never
    for state in timeline.states(record):
        for card in state.cards:
            assert card.section == "plan" or card.event_id not in never


def test_people_have_actors_and_roles(record: dataset.Dataset) -> None:
    for event_id, people in record.participants.items():
        assert event_id in record.events
        for person in people:
            assert person.actor_id in record.actors
            assert person.role in model.ROLES
