"""The events of a selection as a calendar (RFC 5545), each of them whole days.

A calendar knows no year without a day: an event known to the month stands on all of its
days and says so. The same record, selection and link give the same bytes.
"""

import uuid
from datetime import UTC, date, datetime, time

import icalendar

from geo_astana import citation, dates, details, errors, payload, selection
from geo_astana.dataset import Dataset
from geo_astana.dates import DAY
from geo_astana.export import evidence
from geo_astana.link import View
from geo_astana.model import Event
from geo_astana.selection import Selection

# The property of the calendar that holds the evidence.
PROPERTY = "X-GEO-ASTANA"
PRODUCT = f"-//geo-astana//{evidence.SOFTWARE}//EN"
# What came of a plan, in the words of its title.
CAME_OF = {"cancelled": "never held", "missed": "not met", "partly": "met in part"}
# The day of a record that does not say of which day it is.
UNDATED = date(1980, 1, 1)


def as_ics(record: Dataset, chosen: Selection, link: str) -> bytes:
    """The events by first day; `link` is that of the view, with its query."""
    said = evidence.of_events(record, chosen, link)
    calendar = icalendar.Calendar.new(
        prodid=PRODUCT,
        uid=uuid.uuid5(uuid.NAMESPACE_URL, link),
        name=_title(said.selection),
        description=said.alt,
        url=link,
    )
    calendar.add(PROPERTY, icalendar.vText(evidence.dumps(said)))
    kept = selection.events(record, chosen)
    kept.sort(key=lambda event: (event.active.first, event.event_id))
    address = link.partition("?")[0]
    for event in kept:
        calendar.add_component(_entry(record, event, address))
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _title(words: str) -> str:
    return f"{citation.TITLE}: {words}" if words else citation.TITLE


def _entry(record: Dataset, event: Event, address: str) -> icalendar.Event:
    """One event; its end is the day after the last, as RFC 5545 counts whole days."""
    first, last = days(event)
    entry = icalendar.Event.new(
        uid=f"{event.event_id}@geo-astana",
        stamp=_stamp(record),
        start=first,
        end=last + DAY,
        summary=_summary(event),
        description=_description(record, event),
        location=event.location or None,
        categories=[payload.TRACK_WORDS[event.track]],
        status=_status(event),
        transparency=icalendar.TRANSP.TRANSPARENT,
        url=_link(record, event, address),
    )
    if place := record.place_of(event):
        entry.add("geo", (place.lat, place.lon))
    return entry


def days(event: Event) -> tuple[date, date]:
    """The first and last day in the calendar, both inclusive.

    What still goes on has its first day only: nobody knows the others.
    """
    first = event.active.first
    return first, event.active.last or first


def _status(event: Event) -> icalendar.STATUS:
    """What was never held is cancelled; days that are not exact are tentative."""
    if event.status == "cancelled":
        return icalendar.STATUS.CANCELLED
    if event.start.exact and event.end is not None and event.end.exact:
        return icalendar.STATUS.CONFIRMED
    return icalendar.STATUS.TENTATIVE


def _summary(event: Event) -> str:
    """The title, and in brackets what whole days cannot say."""
    told = CAME_OF.get(event.status, "")
    if not told and event.end is None:
        told = "end unknown" if event.attested_until else "begins"
    elif not told and _status(event) is icalendar.STATUS.TENTATIVE:
        told = "days approximate"
    return f"{event.title} ({told})" if told not in event.title else event.title


def _description(record: Dataset, event: Event) -> str:
    """How well the days are known, what came of it, and the sources in full."""
    parts = [
        event.outcome or event.summary,
        event.note,
        f"{details.precision(event)}.",
        "Sources:",
        *(citation.text(record.sources[key].record) for key in event.source_ids),
    ]
    return "\n".join(filter(None, parts))


def _link(record: Dataset, event: Event, address: str) -> str:
    """The address that opens the event on its first day."""
    first = event.active.first
    day = first if first in record.record else None
    return evidence.permalink(record, View(day=day, event=event.event_id), address)


def _stamp(record: Dataset) -> datetime:
    """The day of the data, so that two exports of it are the same."""
    try:
        day = dates.parse(record.as_of).first
    except errors.DateError:
        day = UNDATED
    return datetime.combine(day, time(), UTC)
