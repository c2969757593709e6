"""The page as one file without a network, and as a folder on a host of files."""

import dataclasses
import http.server
import resource
import shutil
import threading
import urllib.parse
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import law
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from test_accessible import DESK, NO_FAULT, PHONE, fault_of
from test_hostile import SCRIPT, spoil, word
from visiting import Visit

from geo_astana import dataset, errors, files, link, masthead, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import evidence, imprint, page
from geo_astana.theme import THEMES, Theme

ONLINE = "https://example.org/talks/"
# Packed and in base64, as plotly.js-geo-dist-min 4.1.1 is.
SLIM_BYTES = 613_000
STAND_IN = b"window.Plotly = null;"
PERMISSIONS = ["clipboard-read", "clipboard-write"]


def head(record: Dataset) -> str:
    return imprint.html_head(
        evidence.of_record(record, link.View(), ONLINE, "All days")
    )


@pytest.fixture(scope="session")
def built(record: Dataset) -> bytes:
    """The page with its evidence, as it is handed out."""
    return page.build(record, address=ONLINE, head=head(record))


@pytest.fixture(scope="session")
def rest(record: Dataset) -> bytes:
    """The same without plotly.js."""
    return page.build(record, address=ONLINE, head=head(record), plotly=STAND_IN)


@pytest.fixture(scope="session")
def dark_file(record: Dataset, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file that opens at a view of its own, made on a machine of its own."""
    query = "date=2018-02-20&tracks=astana&theme=dark&panel=table"
    address = "http://127.0.0.1:8050/"
    path = tmp_path_factory.mktemp("stick") / "page.html"
    path.write_bytes(page.build(record, query=query, address=address))
    return path.as_uri()


@pytest.fixture(scope="session")
def file(built: bytes, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the file on the disk."""
    path = tmp_path_factory.mktemp("stick") / "talks of 2017.html"
    path.write_bytes(built)
    return path.as_uri()


@pytest.fixture(scope="session")
def offline(browser: Browser) -> Iterator[BrowserContext]:
    """A reader without a network, to whom nothing but files is given."""
    context = browser.new_context(permissions=PERMISSIONS, service_workers="block")
    context.set_offline(True)

    def answer(route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            route.abort()

    context.route("**/*", answer)
    yield context
    context.close()


@pytest.fixture(scope="module")
def shared(offline: BrowserContext, file: str) -> Iterator[Visit]:
    visit = Visit(offline)
    visit.open(file + "?theme=light")
    yield visit
    visit.page.close()


@pytest.fixture
def visit(shared: Visit, file: str) -> Iterator[Visit]:
    """The open file; whatever a test did, it asked for nothing and made no fault."""
    shared.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    in_theme(shared.page, "light")
    shared.page.evaluate("geoAstana.view.restore('')")
    yield shared
    shared.unharmed(file)
    assert {url.split("?")[0] for url in shared.requests} == {file}


def in_theme(page_: Page, name: Theme) -> None:
    if page_.get_attribute(".page", "data-theme") != name:
        page_.click("#theme-button")
    page_.wait_for_selector(f".page[data-theme={name}] .view[data-theme={name}]")


def shows(page_: Page) -> str:
    """The date in the address."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(page_.url).query)
    return query["date"][0]


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(law.DAYS, min_size=2, max_size=6))
def test_in_motion_the_marks_equal_pythons(
    visit: Visit, record: Dataset, steps: list[date]
) -> None:
    for day in steps:
        law.go(visit.page, day, moving=True)
        assert law.drawn(visit.page) == law.expected(record, day, "medium"), day


def test_at_rest_marks_and_sentence_equal_pythons(
    visit: Visit, record: Dataset
) -> None:
    for state in timeline.states(record)[::53]:
        law.go(visit.page, state.first)
        visit.at_rest()
        assert law.drawn(visit.page) == law.expected(record, state.first, "medium")
        assert visit.page.inner_text(".sentence") == state.sentence


def test_a_card_opens_its_event_which_can_be_cited(visit: Visit) -> None:
    page_ = visit.page
    page_.evaluate("geoAstana.view.set({ date: '2017-12-21' })")
    page_.click('.card[data-event="ast-08"] .opener')
    page_.wait_for_selector(".drawer-sources")
    page_.click(".drawer-button >> text=BibTeX")
    link_ = ONLINE + "?date=2017-12-21&event=ast-08&theme=light"
    assert link_ in page_.input_value(".drawer-citation")
    page_.click(".drawer-copy")
    expect(page_.locator(".notice")).to_contain_text("Link copied.")
    assert page_.evaluate("navigator.clipboard.readText()") == link_


def test_a_search_leads_to_its_day(visit: Visit) -> None:
    visit.page.keyboard.press("/")
    visit.page.keyboard.type("astana 4")
    visit.page.wait_for_selector(".found")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".date")).to_have_text("3 May 2017")


def test_a_filter_keeps_what_it_says_and_outlives_a_reload(
    visit: Visit, record: Dataset
) -> None:
    page_ = visit.page
    page_.keyboard.press("f")
    page_.locator(".filters label", has_text="Astana process").click()
    expect(page_.locator(".filter-button")).to_contain_text("Filter: ")
    visit.at_rest()
    assert "tracks=astana" in page_.url
    visit.open(page_.url)
    law.lanes_equal_pythons(page_, record, "tracks=astana")


def test_play_moves_the_day(visit: Visit) -> None:
    page_ = visit.page
    before = page_.inner_text(".date")
    page_.click(".clock-play")
    expect(page_.locator(".date")).not_to_have_text(before)
    page_.click(".clock-play")
    expect(page_.locator(".clock-play")).to_have_attribute("aria-label", "Play")


def test_the_theme_turns_and_stands_in_the_address(visit: Visit) -> None:
    page_ = visit.page
    for name, other in zip(reversed(THEMES), THEMES, strict=True):
        in_theme(page_, name)
        expect(page_.locator("#theme-button")).to_have_text(other.title())
        assert f"theme={name}" in page_.url


def test_a_reload_keeps_the_day_and_back_brings_the_one_before(
    offline: BrowserContext, file: str
) -> None:
    visit = Visit(offline)
    page_ = visit.open(file + "?date=2017-05-04")
    page_.keyboard.press("n")
    visit.at_rest()
    after = shows(page_)
    assert after > "2017-05-04"
    page_.reload()
    page_.wait_for_selector("[data-ready=true]", state="attached")
    visit.at_rest()
    assert page_.evaluate("geoAstana.view.get().date") == after
    page_.go_back()
    expect(page_.locator(".date")).to_have_text("4 May 2017")
    assert page_.get_attribute("#permalink", "href") == ONLINE + "?date=2017-05-04"
    visit.unharmed(file)
    page_.close()


def test_without_an_address_for_others_links_lead_to_the_file(
    offline: BrowserContext, dark_file: str
) -> None:
    visit = Visit(offline)
    page_ = visit.open(dark_file + "?event=ast-08")
    page_.wait_for_selector(".drawer-sources")
    page_.click(".drawer-copy")
    expect(page_.locator(".notice")).to_contain_text("Link copied.")
    copied = page_.evaluate("navigator.clipboard.readText()")
    assert copied == dark_file + "?date=2017-12-21&event=ast-08"
    assert page_.locator("#permalink").count() == 0
    page_.close()


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "talks.html", "https://", "ftp://example.org/"]
)
def test_an_address_that_no_link_can_lead_to_is_refused(
    record: Dataset, address: str
) -> None:
    with pytest.raises(errors.ExportError, match="no address that a link can lead to"):
        page.build(record, address=address, plotly=STAND_IN)


def test_the_policy_lets_nothing_out_and_nothing_foreign_in(
    offline: BrowserContext, file: str
) -> None:
    visit = Visit(offline)
    page_ = visit.open(file)
    refused: dict[str, str | None] = {}
    page_.on("requestfailed", lambda one: refused.update({one.url: one.failure}))
    page_.evaluate(
        """async () => {
          const script = document.createElement('script');
          script.textContent = 'window.hacked = 1';
          document.head.append(script);
          const image = new Image();
          const failed = new Promise((done) => { image.onerror = done; });
          image.src = 'https://example.org/x.png';
          await failed;
          await fetch('https://example.org/x').catch(() => {});
        }"""
    )
    assert page_.evaluate("window.hacked") is None
    assert {refused.get(url) for url in visit.requests[1:]} <= {"csp"}
    assert len(visit.complaints) >= 3
    assert all("Content Security Policy" in each for each in visit.complaints)
    page_.close()


def test_the_file_is_small(built: bytes, rest: bytes) -> None:
    assert len(built) < (2_000_000 if files.plotly_slim() else 6_000_000)
    assert len(rest) + SLIM_BYTES < 2_000_000


def test_the_same_record_and_link_give_the_same_bytes(
    record: Dataset, rest: bytes
) -> None:
    again = page.build(record, address=ONLINE, head=head(record), plotly=STAND_IN)
    assert again == rest


def test_hostile_words_in_data_and_link_are_shown_as_words(
    offline: BrowserContext, folder: Path, tmp_path: Path
) -> None:
    spoil(folder)
    query = (
        "?date=2017-12-21&theme=light"
        "&event=</script><script>window.hacked=1</script>"
        '&"><img src=x onerror=window.hacked=2>=<!--'
        "&'\u2028</noscript></style>=\ud800"
    )
    record = dataclasses.replace(dataset.load(folder), version=f"</span>{SCRIPT}<!--")
    path = tmp_path / "hostile.html"
    path.write_bytes(page.build(record, query=query))
    visit = Visit(offline)
    page_ = visit.open(path.as_uri())
    assert page_.inner_text(".date") == "21 December 2017"
    notice = page_.inner_text(".notice")
    assert "event=</script><script>window.hacked=1</script>" in notice
    assert '"><img src=x onerror=window.hacked' in notice
    assert f"Data </span>{SCRIPT}<!--" in page_.inner_text(".bottom")
    for number in range(20):
        title = page_.locator(f'.card[data-event="same-{number}"] h3')
        assert title.text_content() == word(number).strip()
    page_.evaluate("geoAstana.view.set({ event: 'same-9' })")
    page_.wait_for_selector('.drawer[data-shows="same-9"] .drawer-button')
    visit.unharmed(path.as_uri())
    page_.close()


def test_the_file_opens_at_the_view_it_was_made_of(
    offline: BrowserContext, dark_file: str
) -> None:
    visit = Visit(offline)
    page_ = visit.open(dark_file)
    assert page_.inner_text(".date") == "20 February 2018"
    assert page_.get_attribute(".page", "data-theme") == "dark"
    assert "tracks=astana" in page_.evaluate("geoAstana.query()")
    assert "“panel=table” needs the dashboard" in page_.inner_text(".notice")
    visit.open(dark_file + "?date=2017-01-23")
    assert page_.inner_text(".date") == "23 January 2017"
    assert page_.get_attribute(".page", "data-theme") == "light"
    page_.close()


def test_half_a_file_says_so(
    offline: BrowserContext, built: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(built[: len(built) // 2])
    page_ = offline.new_page()
    page_.goto(path.as_uri())
    expect(page_.locator("#view")).to_have_text(
        "The map could not be shown: this copy of the file is not whole; copy it again."
    )
    page_.close()


def test_without_scripts_the_page_says_what_is_wrong(
    browser: Browser, file: str
) -> None:
    page_ = browser.new_page(java_script_enabled=False)
    page_.goto(file)
    expect(page_.locator("noscript p")).to_contain_text("which are switched off")
    expect(page_.locator("noscript p")).to_be_visible()
    expect(page_.locator(".waiting")).to_be_hidden()
    page_.close()


@pytest.mark.parametrize(("size", "least"), [(DESK, 24), (PHONE, 44)])
@pytest.mark.parametrize("theme", THEMES)
def test_the_page_has_no_fault_of_access(
    visit: Visit, theme: Theme, size: tuple[int, int], least: int
) -> None:
    page_ = visit.page
    page_.set_viewport_size({"width": size[0], "height": size[1]})
    in_theme(page_, theme)
    page_.evaluate("geoAstana.view.set({ date: '2018-02-20', kinds: ['none'] })")
    page_.wait_for_selector(".notice")
    visit.at_rest()
    assert fault_of(page_, least) == NO_FAULT
    assert page_.locator("h1:visible").count() == 1
    assert page_.title() == f"geo-astana: {masthead.MOTTO}"


def test_the_page_says_what_the_dashboard_says_of_its_limits(built: bytes) -> None:
    text = built.decode()
    assert f"<span>{masthead.LIMITS}</span><span>{masthead.CREDIT}</span>" in text


def test_no_button_is_dead_and_nothing_of_the_server_is_offered(visit: Visit) -> None:
    names = visit.page.locator(".top button:visible").all_inner_texts()
    assert names == ["Keys", "Dark"]
    visit.page.click("#keys-button")
    expect(visit.page.locator("dialog.keys")).to_be_visible()
    visit.page.keyboard.press("Escape")


# The folder.


@pytest.fixture(scope="module")
def site(record: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host") / "some where" / "talks"
    folder.parent.mkdir()
    page.site(record, folder, address=ONLINE, gzipped=True)
    return folder


class Host(http.server.ThreadingHTTPServer):
    """A host of files below `folder` that notes what it answered."""

    def __init__(self, folder: Path) -> None:
        self.answers: list[tuple[str, int]] = []
        super().__init__(("127.0.0.1", 0), partial(Answer, directory=str(folder)))


class Answer(http.server.SimpleHTTPRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del size
        assert isinstance(self.server, Host)
        self.server.answers.append((self.path.split("?")[0], int(code)))


@pytest.fixture
def host(site: Path) -> Iterator[Host]:
    with Host(site.parents[1]) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_below_any_prefix_the_folder_is_the_same_and_nothing_is_missing(
    browser: Browser, host: Host, record: Dataset
) -> None:
    address = f"http://127.0.0.1:{host.server_port}/some%20where/talks/"
    visit = Visit(browser)
    page_ = visit.open(address + "?theme=light")
    law.lanes_equal_pythons(page_, record, "")
    for state in timeline.states(record)[::97]:
        law.go(page_, state.first, moving=True)
        assert law.drawn(page_) == law.expected(record, state.first, "medium")
    law.go(page_, date(2017, 12, 21))
    page_.click('.card[data-event="ast-08"] .opener')
    page_.wait_for_selector(".drawer-sources")
    page_.keyboard.press("Escape")
    page_.keyboard.press("/")
    page_.keyboard.type("astana 4")
    page_.wait_for_selector(".found")
    visit.unharmed(address)
    page_.close()
    asked = [path for path, _ in host.answers]
    assert {code for _, code in host.answers} == {200}
    assert all(path.startswith("/some%20where/talks/") for path in asked)
    assert len(asked) == len(set(asked))


def test_all_but_the_index_may_be_cached_for_ever(site: Path) -> None:
    folders = {path.name.split("-")[0]: path.name for path in site.iterdir()}
    whole = {"index.html", "embed.js", "embed.mjs"}
    packed = {f"{name}.gz" for name in whole}
    assert folders.keys() == {"assets", "data"} | whole | packed
    index = (site / "index.html").read_text("utf-8")
    assert f'data-data="{folders["data"]}/"' in index
    assert f'data-scripts="{folders["assets"]}/"' in index


def test_a_folder_that_was_opened_from_a_disk_says_what_it_is_for(
    browser: Browser, site: Path
) -> None:
    page_ = browser.new_page()
    page_.goto((site / "index.html").as_uri())
    expect(page_.locator("#view")).to_contain_text("opens from a web server")
    page_.close()


def test_a_folder_with_other_things_is_left_alone(
    record: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(errors.ExportError, match="is there already and not empty"):
        page.site(record, tmp_path)
    with pytest.raises(errors.ExportError, match="is no site of geo-astana"):
        page.site(record, tmp_path, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("page_", ["", "/", "/index.html"])
def test_the_picture_of_a_site_lies_beside_its_page(page_: str) -> None:
    at = page.preview_address(f"https://example.org/maps/v1.2{page_}")
    assert at == "https://example.org/maps/v1.2/preview.png"


def test_a_site_with_another_file_in_it_is_left_alone(
    record: Dataset, site: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(site, tmp_path / "site")
    (copy / "CNAME").write_text("example.org", "utf-8")
    with pytest.raises(errors.ExportError, match="holds “CNAME”"):
        page.site(record, copy, overwrite=True)
    assert (copy / "CNAME").exists()


def test_a_site_is_replaced_only_when_asked_and_as_a_whole(
    record: Dataset, site: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(site, tmp_path / "site")
    with pytest.raises(errors.ExportError, match="is there already and not empty"):
        page.site(record, copy)
    page.site(record, copy, plotly=STAND_IN, overwrite=True)
    assert len([path for path in copy.iterdir() if path.is_dir()]) == 2
    assert not list(copy.rglob("*.gz"))
    assert next(copy.glob("assets-*/plotly.min.js")).read_bytes() == STAND_IN
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_full_disk_leaves_the_old_site_and_no_half_one(
    record: Dataset, site: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(site, tmp_path / "site")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(errors.ExportError, match="could not be written: File too"):
            page.site(record, copy, plotly=STAND_IN, overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    after = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert after == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_site_below_no_folder_or_over_a_file_is_refused(
    record: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(errors.ExportError, match="There is no folder"):
        page.site(record, tmp_path / "none" / "site")
    taken = tmp_path / "taken"
    taken.write_text("mine", "utf-8")
    with pytest.raises(errors.ExportError, match="is a file; name a folder"):
        page.site(record, taken, overwrite=True)


# The smaller plotly.js.


def test_a_bundle_that_is_missing_or_of_another_version_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "plotly-geo.min.js"
    monkeypatch.setenv(files.PLOTLY_VARIABLE, str(bundle))
    with pytest.raises(errors.ExportError, match=r"could not be read as plotly\.js"):
        files.plotly_slim()
    bundle.write_bytes(b"/**\n* plotly.js (geo - minified) v3.0.0\n*/")
    with pytest.raises(errors.ExportError, match=r"is plotly.js 3\.0\.0, .* has 4\."):
        files.plotly_slim()
    same = (
        f"/**\n* plotly.js (geo - minified) v{files.plotly_version(files.plotly_js())}"
    )
    bundle.write_text(same, "utf-8")
    assert files.plotly_slim() == same.encode()
