"""The search field in a real Chromium: what it finds, and by keyboard alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from geo_astana import catalogue, dates, files, gazetteer, payload, tables, theme
from geo_astana.dataset import Dataset

PAGE = """<!DOCTYPE html><html lang="en"><title>Search</title><body>
<div class="page geo-astana" data-theme="light"><header class="top"></header></div>"""
MOUNT = """([payload, index]) => {
  const ns = window.geoAstana;
  const lookups = ns.lookups(payload);
  window.picked = [];
  window.finder = ns.finder(payload, lookups, index);
  window.search = ns.mountSearch({
    payload, lookups, index: () => Promise.resolve(index),
    onPick: (what) => window.picked.push(what), day: () => 1950});
  document.querySelector('.top').append(window.search.node);
}"""
# The ids of the events and the labels of the names that each text finds.
FIND = """(texts) => texts.map((text) => {
  const result = window.finder.find(text);
  return [result.found.map((hit) => hit.event.id),
          result.groups.map((group) => group.thing.kind + ' ' + group.thing.label),
          result.mistyped];
})"""
ARTICLES = st.sampled_from(["al-", "Al ", "the ", "Ash-", "ال", "эль-", "-", " ", "'"])
LETTERS = st.characters(exclude_categories=("Cs", "Cn", "Co"))
TEXTS = st.lists(st.one_of(ARTICLES, LETTERS), max_size=12).map("".join)


def opened(browser: Browser, width: int, told: list[dict[str, Any]]) -> Page:
    """A page with nothing but the search field."""
    page = browser.new_page(viewport={"width": width, "height": 768})
    page.set_content(PAGE)
    assets = files.assets_folder()
    page.add_style_tag(content=theme.css())
    for sheet in ("geo-astana.css", "search.css"):
        page.add_style_tag(path=assets / sheet)
    for script in sorted((assets / "view").glob("*.js")):
        page.add_script_tag(path=script)
    page.evaluate(MOUNT, told)
    return page


@pytest.fixture(scope="module")
def told(record: Dataset) -> list[dict[str, Any]]:
    return [payload.build(record), catalogue.index(record)]


@pytest.fixture(scope="module")
def desk(browser: Browser, told: list[dict[str, Any]]) -> Iterator[Page]:
    page = opened(browser, 1366, told)
    yield page
    page.close()


@pytest.fixture
def page(desk: Page) -> Page:
    """The field empty and without focus, nothing picked."""
    desk.evaluate("() => { window.picked.length = 0; document.activeElement.blur(); }")
    desk.get_by_role("combobox").fill("")
    return desk


def found(page: Page, text: str) -> tuple[list[str], list[str], bool]:
    events, names, mistyped = page.evaluate(FIND, [text])[0]
    return events, names, mistyped


def rows(page: Page) -> list[str]:
    return page.get_by_role("option").all_inner_texts()


def picked(page: Page) -> list[dict[str, Any]]:
    return list(page.evaluate("window.picked"))


def test_the_browser_folds_every_name_as_python_does(
    page: Page, record: Dataset
) -> None:
    names = [
        name.name
        for place_id in record.gazetteer.places
        for name in record.gazetteer.names_of(place_id)
    ]
    names += [name for _, known in catalogue.index(record)["actors"] for name in known]
    names += [event.title for event in record.events.values()]
    names += [event.summary for event in record.events.values()]
    assert page.evaluate("(all) => all.map(geoAstana.fold)", names) == [
        gazetteer.fold(name) for name in names
    ]
    assert page.evaluate("(all) => all.map(geoAstana.words)", names) == [
        catalogue.words(name) for name in names
    ]


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=40, max_size=60))
def test_the_browser_folds_any_text_as_python_does(
    desk: Page, texts: list[str]
) -> None:
    told = desk.evaluate(
        "(all) => all.map((t) => [t, geoAstana.fold(t), geoAstana.words(t)])", texts
    )
    assert told == [[t, gazetteer.fold(t), catalogue.words(t)] for t in texts]


def test_every_event_is_found_by_its_title(page: Page, record: Dataset) -> None:
    titles = [event.title for event in record.events.values()]
    answers = page.evaluate(FIND, titles)
    for event_id, (events, _, mistyped) in zip(record.events, answers, strict=True):
        assert event_id in events
        assert not mistyped


def test_every_place_is_found_by_each_of_its_names(page: Page, record: Dataset) -> None:
    named = [
        (name.name, f"place {record.gazetteer.label(place_id, record.record.last)}")
        for place_id in record.gazetteer.places
        for name in record.gazetteer.names_of(place_id)
        if record.record.last
    ]
    answers = page.evaluate(FIND, [name for name, _ in named])
    for (name, label), (_, names, _) in zip(named, answers, strict=True):
        assert label in names, name


def test_every_actor_is_found_by_each_of_its_names(page: Page, record: Dataset) -> None:
    named = [
        (name.strip(), f"actor {row['short']}")
        for row in tables.read(record.folder).rows["actors.csv"]
        for name in (
            row["name"],
            row["short"],
            row["name_ar"],
            row["name_ru"],
            *row["aliases"].split(";"),
        )
        if name.strip()
    ]
    answers = page.evaluate(FIND, [name for name, _ in named])
    for (name, label), (_, names, _) in zip(named, answers, strict=True):
        assert label in names, name


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Astana 4", "ast-04"),
        ("astana round 4", "ast-04"),
        ("Geneva IV", "gva-iv"),
        ("geneva 4", "gva-iv"),
        ("2254", "unsc-2254"),
        ("resolution 2254", "unsc-2254"),
        ("astna 4", "ast-04"),
        ("astana may 2017", "ast-04"),
        ("Geneva VIII", "gva-viii"),
    ],
)
def test_the_first_event_is_the_one_meant(page: Page, text: str, first: str) -> None:
    assert found(page, text)[0][0] == first


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Нур-Султан", "place Astana"),
        ("nursultan", "place Astana"),
        ("Deraa", "place Daraa"),
        ("дераа", "place Daraa"),
        ("حلب", "place Aleppo"),
        ("\u200fحلب\u200f", "place Aleppo"),
        ("Jaysh al-Islam", "actor Jaysh al-Islam"),
        ("jaysh al", "actor Jaysh al-Islam"),
        ("جيش الإسلام", "actor Jaysh al-Islam"),
        ("de Mistura", "person Staffan de Mistura"),
        ("ghoutta", "zone Eastern Ghouta"),
    ],
)
def test_a_name_is_found_with_events(page: Page, text: str, name: str) -> None:
    events, names, _ = found(page, text)
    assert names[0] == name
    assert events


def test_a_role_counts_for_the_actor_that_is_named(page: Page, record: Dataset) -> None:
    events, _, _ = found(page, "turkey guarantor")
    guaranteed = {
        event_id
        for event_id, people in record.participants.items()
        if any((row.actor_id, row.role) == ("turkey", "guarantor") for row in people)
    }
    assert guaranteed <= set(events)
    signed, _, _ = found(page, "ahrar signatory")
    assert "cf-2016-12-agr" not in signed


def test_a_typing_error_is_forgiven_only_where_nothing_else_is_found(
    page: Page,
) -> None:
    assert found(page, "geneva iv")[2] is False
    assert found(page, "gneeva iv") == (*found(page, "geneva iv")[:2], True)
    assert found(page, "asta")[2] is False
    assert found(page, "xsta") == ([], [], False)


@pytest.mark.parametrize(
    ("text", "words", "iso"),
    [
        ("4 May 2017", "Go to 4 May 2017", "2017-05-04"),
        ("May 4, 2017", "Go to 4 May 2017", "2017-05-04"),
        ("2017-05-04", "Go to 4 May 2017", "2017-05-04"),
        ("04.05.2017", "Go to 4 May 2017", "2017-05-04"),
        ("May 2017", "Go to May 2017", "2017-05-01"),
        ("2017-05", "Go to May 2017", "2017-05-01"),
        ("2017", "Go to 2017", "2017-01-01"),
    ],
)
def test_enter_goes_to_a_typed_date(
    page: Page, record: Dataset, text: str, words: str, iso: str
) -> None:
    page.get_by_role("combobox").fill(text)
    assert rows(page)[0].startswith(words)
    page.keyboard.press("Enter")
    first = record.record.first
    counted = (dates.parse(iso).first - first).days
    assert picked(page) == [{"day": counted, "event": None}]


def test_a_month_finds_what_begins_in_it_before_what_goes_on(
    page: Page, record: Dataset
) -> None:
    events, _, _ = found(page, "May 2017")
    begun = [
        event.event_id
        for event in record.events.values()
        if event.start.first.isoformat().startswith("2017-05")
    ]
    assert begun
    assert set(events[: len(begun)]) == set(begun)
    assert "cf-2016-12" in events


@pytest.mark.parametrize("text", ["32 May 2017", "2017-02-30", "31.13.2017", "99999"])
def test_what_is_no_date_goes_nowhere(page: Page, text: str) -> None:
    page.get_by_role("combobox").fill(text)
    assert not [row for row in rows(page) if row.startswith("Go to")]


def test_a_date_outside_the_record_says_how_far_the_record_goes(page: Page) -> None:
    page.get_by_role("combobox").fill("2031")
    expect(page.locator(".search-said")).to_have_text(
        "2031 is outside the record, which runs from 1 Jan 2012 to 31 Dec 2025. Try:"
    )


def test_no_match_offers_what_does_match(page: Page) -> None:
    field = page.get_by_role("combobox")
    field.fill("aleppo zzz")
    expect(page.get_by_role("status")).to_contain_text("has “aleppo zzz”")
    assert rows(page)[0].startswith("aleppo")
    page.keyboard.press("Enter")
    expect(field).to_have_value("aleppo")
    field.fill("xyzzy")
    offered = [text.split("\n")[0] for text in rows(page)]
    assert len(offered) == 4
    assert all(found(page, text)[0] for text in offered)


def test_the_list_is_used_by_keyboard_alone(page: Page) -> None:
    field = page.get_by_role("combobox")
    field.press("a")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.fill("astana 1")
    expect(field).to_have_attribute("aria-controls", "search-list")
    options = page.get_by_role("option")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_count(0)
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "search-option-0")
    expect(chosen).to_have_text(options.first.inner_text().replace("\n", ""))
    field.press("End")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("Home")
    field.press("Enter")
    assert [what["event"] for what in picked(page)] == ["ast-01"]
    expect(field).to_have_attribute("aria-expanded", "false")


def test_enter_takes_the_first_event_not_the_name_above_it(
    page: Page, record: Dataset
) -> None:
    field = page.get_by_role("combobox")
    field.fill("Нур-Султан")
    assert rows(page)[0].startswith("Astana\nPlace · ")
    field.press("Enter")
    what = picked(page)[0]
    event = record.events[what["event"]]
    assert event.place_id == "astana"
    assert what["day"] == (event.start.first - record.record.first).days


def test_a_name_opens_its_events_at_the_next_one(page: Page, record: Dataset) -> None:
    field = page.get_by_role("combobox")
    field.fill("Нур-Султан")
    field.press("ArrowDown")
    field.press("Enter")
    there = [e for e in record.events.values() if e.place_id == "astana"]
    expect(page.get_by_role("option")).to_have_count(len(there))
    expect(page.get_by_role("status")).to_have_text(f"Astana: {len(there)} events")
    field.press("Enter")
    days = [(event.start.first - record.record.first).days for event in there]
    assert picked(page)[0]["day"] == min(number for number in days if number > 1950)


def test_escape_goes_one_step_back(page: Page) -> None:
    field = page.get_by_role("combobox")
    field.fill("Нур-Султан")
    results = rows(page)
    field.press("ArrowDown")
    field.press("Enter")
    field.press("Escape")
    assert rows(page) == results
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.press("Escape")
    expect(field).to_have_value("")


def test_the_page_hears_no_key_typed_into_the_field(page: Page) -> None:
    page.evaluate(
        "() => { window.heard = 0;"
        " document.addEventListener('keydown', () => (window.heard += 1)); }"
    )
    page.get_by_role("combobox").press_sequentially("a 4?")
    assert page.evaluate("window.heard") == 0


def test_a_pointer_picks_and_says_why(page: Page) -> None:
    page.get_by_role("combobox").fill("ahrar al-sham 29 December 2016")
    row = page.locator('[data-found="event"]').first
    expect(row.locator(".found-why")).to_have_text("Ahrar al-Sham, disputed")
    row.click()
    assert picked(page)[0]["event"] == "cf-2016-12-agr"


def test_a_name_in_arabic_is_set_apart_from_the_words_around_it(page: Page) -> None:
    page.get_by_role("combobox").fill("حلب")
    why = page.locator('[data-found="name"] .found-why')
    expect(why).to_have_text("\u2068حلب\u2069, name of Aleppo")


def test_no_more_rows_than_can_be_read_the_rest_counted(page: Page) -> None:
    page.get_by_role("combobox").fill("a")
    events, names, _ = found(page, "a")
    expect(page.get_by_role("option")).to_have_count(30)
    total = len(events) + len(names)
    expect(page.get_by_role("status")).to_have_text(
        f"{total} results, {total - 30} more not shown: type another word"
    )


def test_hostile_words_stay_text(browser: Browser, record: Dataset) -> None:
    hostile = "<img src=x onerror='window.broken=1'> {} $& \u202eevil"
    told, index = payload.build(record), catalogue.index(record)
    told["events"]["ast-04"][2] = hostile + "x" * 10_000
    told["events"]["ast-04"][7] = hostile
    index["places"][index["events"][0][1]][1].append(hostile)
    index["actors"][0] = [hostile, [hostile]]
    page = opened(browser, 1366, [told, index])
    field = page.get_by_role("combobox")
    for text in ("evil", "onerror", hostile, "guarantor evil", "(((", "\\", "[a-"):
        field.fill(text)
    field.fill("evil")
    assert any(hostile in row for row in rows(page))
    assert page.locator(".search img").count() == 0
    assert page.evaluate("window.broken") is None
    widest = page.evaluate("document.documentElement.scrollWidth")
    assert widest <= 1366
    page.close()


def test_a_failed_load_is_said_and_tried_again(
    browser: Browser, told: list[dict[str, Any]]
) -> None:
    page = opened(browser, 1366, told)
    page.evaluate(
        """([payload, index]) => {
          const ns = window.geoAstana;
          let tries = 0;
          document.querySelector('.search').replaceWith(ns.mountSearch({
            payload, lookups: ns.lookups(payload), onPick: () => {},
            index: () => tries++ ? Promise.resolve(index)
              : Promise.reject(new Error('search.json answered 503'))}).node);
        }""",
        told,
    )
    field = page.get_by_role("combobox")
    field.fill("astana 4")
    expect(page.get_by_role("status")).to_have_text(
        "The search could not be loaded: search.json answered 503"
    )
    field.blur()
    field.focus()
    expect(page.get_by_role("option")).to_have_count(1)
    page.close()


def test_on_a_phone_a_button_opens_the_field_at_full_width(
    browser: Browser, told: list[dict[str, Any]]
) -> None:
    page = opened(browser, 390, told)
    button = page.get_by_role("button", name="Search", exact=True)
    expect(page.get_by_role("combobox")).to_be_hidden()
    box = button.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (44, 44)
    button.click()
    expect(page.get_by_role("combobox")).to_be_focused()
    field = page.locator(".search-field").bounding_box()
    assert field
    assert (field["x"], field["width"]) == (0, 390)
    page.keyboard.type("astana")
    heights = page.evaluate(
        "[...document.querySelectorAll('.found')].map((row) => row.offsetHeight)"
    )
    assert min(heights) >= 44
    page.get_by_role("button", name="Close search").click()
    expect(button).to_be_focused()
    expect(page.get_by_role("combobox")).to_be_hidden()
    page.close()
