"""The calendar read back as calendars do: days, places, status and words."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest

from geo_astana import citation, link, selection
from geo_astana.dataset import Dataset
from geo_astana.dates import parse
from geo_astana.export import calendar
from geo_astana.model import Event
from geo_astana.selection import Selection

ADDRESS = "https://example.org/map/"
LINK = f"{ADDRESS}?date=2017-12-21&tracks=astana"
EVERYTHING = selection.EVERYTHING
DAY = timedelta(days=1)


def entries(content: bytes) -> dict[str, Any]:
    """The events of a calendar by their id in the record."""
    read = icalendar.Calendar.from_ical(content)
    assert read.errors == []
    found = {str(event["UID"]).partition("@")[0]: event for event in read.events}
    assert len(found) == len(read.events)
    return found


def changed(record: Dataset, event: Event) -> Any:
    """The entry of an event that is other than in the record."""
    altered = replace(record, events={**record.events, event.event_id: event})
    like_it = Selection(tracks=frozenset({event.track}), kinds=frozenset({event.kind}))
    return entries(calendar.as_ics(altered, like_it, LINK))[event.event_id]


@pytest.fixture(scope="module")
def whole(record: Dataset) -> dict[str, Any]:
    """The entries of the whole record."""
    return entries(calendar.as_ics(record, EVERYTHING, LINK))


def test_a_calendar_holds_the_events_of_the_selection(
    record: Dataset, whole: dict[str, Any]
) -> None:
    geneva = Selection(tracks=frozenset({"geneva"}))
    kept = {event.event_id for event in selection.events(record, geneva)}
    assert entries(calendar.as_ics(record, geneva, LINK)).keys() == kept
    assert whole.keys() == record.events.keys()


def test_an_entry_ends_on_the_day_after_its_last(
    record: Dataset, whole: dict[str, Any]
) -> None:
    for event in record.events.values():
        entry = whole[event.event_id]
        first, end = entry["DTSTART"].dt, entry["DTEND"].dt
        assert (type(first), type(end)) == (date, date)
        assert first == event.active.first
        assert event.active.last
        assert end == event.active.last + DAY
        shown = [first + n * DAY for n in range((end - first).days)]
        assert all(day in event.active for day in (shown[0], shown[-1]))


def test_an_entry_says_what_where_and_who_says_so(
    record: Dataset, whole: dict[str, Any]
) -> None:
    event = record.events["ast-08"]
    entry = whole["ast-08"]
    assert entry["SUMMARY"] == "Astana round 8"
    assert entry["LOCATION"] == "Astana"
    place = record.place_of(event)
    assert place
    assert (entry["GEO"].latitude, entry["GEO"].longitude) == (place.lat, place.lon)
    assert entry.categories == ["Astana process"]
    assert entry["STATUS"] == "CONFIRMED"
    assert entry["TRANSP"] == "TRANSPARENT"
    words = entry["DESCRIPTION"]
    assert event.outcome in words
    assert "Both days exact · sat 2 days." in words
    for key in event.source_ids:
        assert citation.text(record.sources[key].record) in words
    assert "DURATION" not in entry


def test_the_address_of_an_entry_opens_its_event(
    record: Dataset, whole: dict[str, Any]
) -> None:
    assert whole["ast-08"]["URL"] == f"{ADDRESS}?date=2017-12-21&event=ast-08"
    for key, entry in whole.items():
        address, _, query = str(entry["URL"]).partition("?")
        view = link.read(query, record)
        assert (address, view.event, view.wrong) == (ADDRESS, key, ())


def test_what_was_never_held_is_cancelled(
    record: Dataset, whole: dict[str, Any]
) -> None:
    cancelled = {key for key, entry in whole.items() if entry["STATUS"] == "CANCELLED"}
    never = {e.event_id for e in record.events.values() if e.status == "cancelled"}
    assert cancelled == never != set()
    assert whole["ast-23"]["SUMMARY"] == "Astana round 23 (never held)"
    renamed = replace(record.events["ast-23"], title="Astana round 23")
    assert changed(record, renamed)["SUMMARY"] == "Astana round 23 (never held)"


@pytest.mark.parametrize(
    ("status", "summary"), [("missed", " (not met)"), ("partly", " (met in part)")]
)
def test_a_deadline_says_what_came_of_it(
    record: Dataset, status: str, summary: str
) -> None:
    deadline = replace(record.events["sochi-dmz-weapons"], status=status)
    entry = changed(record, deadline)
    assert entry["SUMMARY"] == deadline.title + summary
    assert entry["STATUS"] == "CONFIRMED"


def test_approximate_days_are_tentative_and_say_so(record: Dataset) -> None:
    held = record.events["ast-08"]
    for start, end in (("2017-12-21~", "2017-12-22"), ("2017-12", "2017-12")):
        entry = changed(record, replace(held, start=parse(start), end=parse(end)))
        assert entry["STATUS"] == "TENTATIVE"
        assert entry["SUMMARY"] == "Astana round 8 (days approximate)"
    assert entry["DTSTART"].dt == date(2017, 12, 1)
    assert entry["DTEND"].dt == date(2018, 1, 1)
    assert "Day known to the month." in entry["DESCRIPTION"]


def test_an_unknown_end_is_the_last_day_attested_and_says_so(
    whole: dict[str, Any],
) -> None:
    entry = whole["cf-2016-12"]
    assert entry["DTEND"].dt == date(2018, 5, 16)
    assert entry["SUMMARY"].endswith("(end unknown)")
    assert "end unknown after 15 May 2018." in entry["DESCRIPTION"]


def test_what_still_goes_on_stands_on_its_first_day_and_says_so(
    record: Dataset,
) -> None:
    held = record.events["cf-2012-04"]
    entry = changed(record, replace(held, end=None, attested_until=None))
    assert entry["DTEND"].dt == entry["DTSTART"].dt + DAY
    assert entry["SUMMARY"] == "Annan plan ceasefire (begins)"
    assert "still going on." in entry["DESCRIPTION"]


def test_an_event_without_a_place_has_none(record: Dataset) -> None:
    nowhere = replace(record.events["ast-08"], location="", place_id="")
    entry = changed(record, nowhere)
    assert "LOCATION" not in entry
    assert "GEO" not in entry


def test_the_calendar_says_its_name_and_link(record: Dataset) -> None:
    astana = Selection(tracks=frozenset({"astana"}))
    read: Any = icalendar.Calendar.from_ical(calendar.as_ics(record, astana, LINK))
    assert read["NAME"] == f"{citation.TITLE}: Astana process"
    assert read["URL"] == LINK
    assert read["VERSION"] == "2.0"
    geneva = Selection(tracks=frozenset({"geneva"}))
    other: Any = icalendar.Calendar.from_ical(
        calendar.as_ics(record, geneva, f"{ADDRESS}?tracks=geneva")
    )
    assert other["UID"] != read["UID"]


def test_lines_are_short_and_end_as_the_standard_asks(record: Dataset) -> None:
    content = calendar.as_ics(record, EVERYTHING, LINK)
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    content.decode("utf-8")


def test_the_stamp_is_the_day_of_the_data(record: Dataset) -> None:
    sochi = Selection(tracks=frozenset({"sochi"}))
    content = calendar.as_ics(record, sochi, LINK)
    assert content == calendar.as_ics(record, sochi, LINK)
    stamps = {str(entry["DTSTAMP"].dt) for entry in entries(content).values()}
    assert stamps == {f"{record.as_of} 00:00:00+00:00"}
    undated = calendar.as_ics(replace(record, as_of=""), sochi, LINK)
    for entry in entries(undated).values():
        assert entry["DTSTAMP"].dt.year == 1980


@pytest.mark.parametrize(
    "title", ["a;b,c\\n\\", "two\r\nlines\nBEGIN:VEVENT", "الأستانة 𝔘 Нур", "x" * 5000]
)
def test_any_title_comes_back_as_it_was(record: Dataset, title: str) -> None:
    event = replace(record.events["ast-08"], title=title)
    said = changed(record, event)["SUMMARY"]
    assert said == title.replace("\r\n", "\n")
