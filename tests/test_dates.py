"""Dates become inclusive days, and intervals include both their ends."""

import calendar
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_astana import dates, errors
from geo_astana.dates import DAY, Interval

RECORD = Interval(date(2012, 1, 1), date(2025, 12, 31))
days = st.dates(date(2000, 1, 1), date(2030, 12, 31))
lengths = st.integers(0, 400)


@st.composite
def closed(draw: st.DrawFn) -> Interval:
    first = draw(days)
    return Interval(first, first + timedelta(draw(lengths)))


@given(days)
def test_a_day_is_its_own_first_and_last_day(day: date) -> None:
    moment = dates.parse(day.isoformat())
    assert (moment.first, moment.last) == (day, day)
    assert moment.exact


@given(days)
def test_an_approximate_day_is_the_same_day_but_not_exact(day: date) -> None:
    moment = dates.parse(f"{day}~")
    assert (moment.first, moment.last) == (day, day)
    assert moment.approximate
    assert not moment.exact


@given(days, st.sampled_from(["", "~"]))
def test_a_month_runs_from_its_first_to_its_last_day(day: date, about: str) -> None:
    moment = dates.parse(f"{day:%Y-%m}{about}")
    length = calendar.monthrange(day.year, day.month)[1]
    assert moment.first == day.replace(day=1)
    assert moment.last == day.replace(day=length)
    assert moment.approximate == bool(about)
    assert not moment.exact


@given(days)
def test_a_year_runs_from_new_year_to_new_years_eve(day: date) -> None:
    moment = dates.parse(f"{day.year}")
    assert (moment.first, moment.last) == (
        date(day.year, 1, 1),
        date(day.year, 12, 31),
    )


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))
def test_any_text_is_a_moment_in_order_or_a_date_error(text: str) -> None:
    try:
        moment = dates.parse(text)
    except errors.DateError:
        return
    assert moment.text == text
    assert moment.first <= moment.last


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "..",
        "soon",
        "2017-13",
        "2017-02-30",
        "2017-1-1",
        "2017~~",
        "2017-12-21?",
        "2017-12-21T00:00",
        "2017-W51-4",
        "2017-21",
        "2017/2018",
        "[2017,2018]",
        "201X",
        "0000",
    ],
)
def test_what_is_no_day_month_or_year_is_refused_by_name(text: str) -> None:
    with pytest.raises(errors.DateError, match=re.escape(f"{text!r} is no date")):
        dates.parse(text)


@given(closed())
def test_an_interval_includes_both_its_ends_and_no_day_beyond(span: Interval) -> None:
    assert span.last is not None
    assert span.first in span
    assert span.last in span
    assert span.first - DAY not in span
    assert span.last + DAY not in span


@given(closed(), days)
def test_the_days_of_an_interval_are_as_many_as_it_says(
    span: Interval, day: date
) -> None:
    assert span.last is not None
    counted = [span.first + timedelta(step) for step in range(span.days() or 0)]
    assert counted[-1] == span.last
    assert (day in span) == (day in counted)


@given(days, days)
def test_an_open_interval_goes_on_for_ever(first: date, day: date) -> None:
    assert (day in Interval(first, None)) == (day >= first)
    assert Interval(first, None).days() is None


spans = closed() | st.builds(Interval, days, st.none())


@given(spans, spans)
def test_intervals_overlap_when_a_day_is_in_both(
    one: Interval, other: Interval
) -> None:
    # Two intervals that share a day share the later of their first days.
    shared = max(one.first, other.first)
    assert one.overlaps(other) == (shared in one and shared in other)
    assert one.overlaps(other) == other.overlaps(one)


def test_intervals_that_only_touch_do_not_overlap() -> None:
    may = Interval(date(2017, 5, 1), date(2017, 5, 31))
    june = Interval(date(2017, 6, 1), date(2017, 6, 30))
    assert not may.overlaps(june)
    assert may.overlaps(Interval(date(2017, 5, 31), date(2017, 6, 1)))


@given(days)
def test_a_day_inside_the_record_is_read_as_itself(day: date) -> None:
    if day in RECORD:
        assert dates.parse_day(f" {day} ", RECORD) == day
    else:
        with pytest.raises(errors.DateError, match="2012-01-01 to 2025-12-31"):
            dates.parse_day(day.isoformat(), RECORD)


@pytest.mark.parametrize("text", ["2017-12", "2017", "2017-12-21~"])
def test_what_is_not_one_exact_day_is_refused(text: str) -> None:
    with pytest.raises(errors.DateError, match="is not one day"):
        dates.parse_day(text, RECORD)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2017-12-21", "2017-12-21", "21 December 2017"),
        ("2017-12-21", "2017-12-22", "21–22 December 2017"),
        ("2017-02-23", "2017-03-03", "23 February – 3 March 2017"),
        ("2016-12-30", "2017-01-02", "30 December 2016 – 2 January 2017"),
        ("2016-07~", "2016-07~", "about July 2016"),
        ("2017", "2017", "2017"),
        ("2016-02-27", "2016-07~", "27 February 2016 – about July 2016"),
        ("2015-09-24", "2017-03-28~", "24 September 2015 – about 28 March 2017"),
    ],
)
def test_a_span_reads_as_an_editor_writes_it(first: str, last: str, words: str) -> None:
    assert dates.span_in_words(dates.parse(first), dates.parse(last)) == words


def test_a_span_without_an_end_says_from() -> None:
    words = dates.span_in_words(dates.parse("2017-05-06"), None)
    assert words == "from 6 May 2017"
