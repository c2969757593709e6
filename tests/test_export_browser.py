"""The browser that draws: what it makes, what it survives, what it leaves behind."""

import http.server
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pypdf
import pytest
from PIL import Image

from geo_astana import errors
from geo_astana.export import browser, chromium, slots

RED, WHITE, CLEAR = (255, 0, 0, 255), (255, 255, 255, 255), (0, 0, 0, 0)
# Long for a page, short for a test; a browser that starts has a patience of its own.
PATIENCE_S = 3
LATEST_S = 20
PAGE = """<!doctype html><meta charset="utf-8"><title>square</title>
<style>html, body { margin: 0 } #square { width: 50px; height: 50px; background: red }
</style><div id="square"></div><p>Talks in Astana</p>"""
# What a program of its own does with the page named on its command line.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from geo_astana.export.browser import Browser

def say(*words):
    print(*words, flush=True)

def width(browser, size=300):
    page = Path(sys.argv[1])
    return browser.draw(page, size, 200, 1, lambda page: page.evaluate("innerWidth"))

browser = Browser(wait_s=60, waiting=lambda: say("waiting"))
"""


@pytest.fixture(scope="module", autouse=True)
def own_slots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A temporary folder of our own, so that no other browser takes our slots."""
    # pytest's own is to lie elsewhere and to outlive these tests.
    tmp_path_factory.getbasetemp()
    folder = Path(tempfile.mkdtemp(prefix="ga-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setenv("GEO_ASTANA_BROWSERS", "4")
        yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def warm(own_slots: Path) -> Iterator[browser.Browser]:
    """One browser for all tests that leave it whole."""
    assert own_slots.is_dir()
    with browser.Browser() as shared:
        yield shared


@pytest.fixture
def square(tmp_path: Path) -> Path:
    """A page with a red square in its corner."""
    return written(tmp_path / "square.html", PAGE)


@pytest.fixture
def family() -> Callable[[], list[psutil.Process]]:
    """The living processes of the browsers that this test has started."""
    others = processes()
    return lambda: [each for each in processes() if each not in others and lives(each)]


@pytest.fixture
def own_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """As on a machine that may run one browser, and runs none."""
    with tempfile.TemporaryDirectory(prefix="ga-", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("GEO_ASTANA_BROWSERS", "1")
        yield monkeypatch


def written(path: Path, html: str) -> Path:
    path.write_text(html, "utf-8")
    return path


def evaluated(drawer: browser.Browser, html: Path, expression: str) -> Any:
    return drawer.draw(html, 300, 200, 1, lambda page: page.evaluate(expression))


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGBA")


def processes(owner: int | None = None) -> list[psutil.Process]:
    """The processes of the browsers that this process, or another, has started."""
    family = psutil.Process(owner).children(recursive=True)
    return [process for process in family if "chrom" in process.name()]


def main_of(family: list[psutil.Process]) -> psutil.Process:
    return next(each for each in family if "--type=" not in " ".join(each.cmdline()))


def alive(family: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended `LATEST_S` from now; the dead may wait for burial."""
    latest = threading.Event()
    timer = threading.Timer(LATEST_S, latest.set)
    timer.start()
    while left := [each for each in family if lives(each)]:
        if latest.wait(0.02):
            break
    timer.cancel()
    timer.join()
    return left


def lives(process: psutil.Process) -> bool:
    try:
        status: str = process.status()
    except psutil.NoSuchProcess:
        return False
    return bool(status != psutil.STATUS_ZOMBIE)


@contextmanager
def program(html: Path, script: str) -> "Iterator[subprocess.Popen[str]]":
    """A Python of its own, which has a browser and may fork a child."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM + script, str(html)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as running:
        try:
            yield running
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def heard(running: "subprocess.Popen[str]") -> str:
    assert running.stdout
    return running.stdout.readline().strip()


# What it makes


def test_a_picture_has_width_and_height_times_scale_in_pixels(
    warm: browser.Browser, square: Path
) -> None:
    image = pixels(warm.draw(square, 300, 200, 2, browser.Page.screenshot))
    assert image.size == (600, 400)
    assert image.getpixel((99, 99)) == RED
    assert image.getpixel((101, 101)) == WHITE


def test_a_small_picture_has_the_same_pixels_in_fewer_bytes(
    warm: browser.Browser, square: Path
) -> None:
    def both(page: browser.Page) -> tuple[bytes, bytes]:
        return page.screenshot(), page.screenshot(small=True)

    fast, small = warm.draw(square, 300, 200, 1, both)
    assert len(small) < len(fast)
    assert pixels(small).tobytes() == pixels(fast).tobytes()


def test_a_transparent_picture_is_clear_where_the_page_paints_nothing(
    warm: browser.Browser, square: Path
) -> None:
    def three(page: browser.Page) -> list[bytes]:
        return [page.screenshot(transparent=clear) for clear in (False, True, False)]

    corners = [
        pixels(png).getpixel((299, 199))
        for png in warm.draw(square, 300, 200, 1, three)
    ]
    assert corners == [WHITE, CLEAR, WHITE]


def test_a_picture_shows_what_the_page_was_told_just_before(
    warm: browser.Browser, square: Path
) -> None:
    def shades(page: browser.Page) -> Iterator[object]:
        for red in range(0, 250, 25):
            page.evaluate(f"square.style.background = 'rgb({red}, 1, 2)'")
            yield pixels(page.screenshot()).getpixel((25, 25))

    seen = warm.draw(square, 300, 200, 1, lambda page: list(shades(page)))
    assert seen == [(red, 1, 2, 255) for red in range(0, 250, 25)]


@pytest.mark.parametrize("size", [(1920, 1080), (1123, 794), (390, 844)])
def test_a_pdf_is_one_page_of_that_size_with_text_and_backgrounds(
    size: tuple[int, int], warm: browser.Browser, square: Path
) -> None:
    pdf = warm.draw(square, *size, 1, lambda page: page.pdf(*size))
    [page] = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert (page.mediabox.width, page.mediabox.height) == (
        size[0] * 0.75,
        size[1] * 0.75,
    )
    assert "Talks in Astana" in page.extract_text()
    contents = page.get_contents()
    assert contents is not None
    assert b"1 0 0 rg" in contents.get_data()


def test_a_pdf_shows_the_page_as_on_the_screen(
    warm: browser.Browser, tmp_path: Path
) -> None:
    html = "<style>@media print { b { display: none } }</style><b>On the screen</b>"
    page = written(tmp_path / "print.html", html)
    pdf = warm.draw(page, 300, 200, 1, lambda page: page.pdf(300, 200))
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert text.strip() == "On the screen"


def test_a_value_comes_back_and_a_promise_is_waited_for(
    warm: browser.Browser, square: Path
) -> None:
    expression = "new Promise(done => setTimeout(done, 20, [1, {a: 'Астана'}, null]))"
    assert evaluated(warm, square, expression) == [1, {"a": "Астана"}, None]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("(() => { throw new Error('no such day') })()", "no such day"),
        ("Promise.reject('too\\nfar')", "too"),
        ("nothing.here", "ReferenceError: nothing is not defined"),
        ("1 +", "SyntaxError: Unexpected end of input"),
    ],
)
def test_what_a_script_throws_is_an_error_with_its_message(
    expression: str, message: str, warm: browser.Browser, square: Path
) -> None:
    with pytest.raises(errors.ExportError) as caught:
        evaluated(warm, square, expression)
    assert str(caught.value) == f"The page cannot be drawn: {message}"
    assert evaluated(warm, square, "document.title") == "square"


def test_a_page_is_ready_when_its_promise_is_kept(
    warm: browser.Browser, tmp_path: Path
) -> None:
    script = "window.ready = new Promise(done => setTimeout(done, 50)).then("
    html = f"<script>{script}() => {{ window.state = 'drawn' }})</script>"
    page = written(tmp_path / "slow.html", html)
    assert evaluated(warm, page, "state") == "drawn"


def test_a_page_that_cannot_get_ready_says_why(
    warm: browser.Browser, square: Path, tmp_path: Path
) -> None:
    html = "<script>window.ready = Promise.reject(new Error('no data'))</script>"
    page = written(tmp_path / "broken.html", html)
    assert evaluated(warm, square, "innerWidth") == 300
    with pytest.raises(
        errors.ExportError, match=r"^The page cannot be drawn: no data$"
    ):
        warm.draw(page, 500, 200, 1, browser.Page.screenshot)
    assert evaluated(warm, square, "innerWidth") == 300


def test_a_page_stays_open_until_its_file_changes(
    warm: browser.Browser, square: Path, tmp_path: Path
) -> None:
    count = "window.count = (window.count || 0) + 1"
    assert [evaluated(warm, square, count) for _ in range(3)] == [1, 2, 3]
    assert evaluated(warm, written(square, PAGE + "<p>more"), count) == 1
    assert evaluated(warm, written(tmp_path / "other.html", PAGE), count) == 1
    assert evaluated(warm, square, count) == 1


def test_a_page_has_seen_its_size_when_it_is_drawn(
    warm: browser.Browser, tmp_path: Path
) -> None:
    script = """new ResizeObserver(([body]) => {
        window.seen = body.contentRect.width }).observe(document.body)"""
    html = f"<body style='margin: 0'><script>{script}</script>"
    told = "[window.seen, innerWidth, devicePixelRatio]"

    def seen(number: int, width: int) -> list[int]:
        page = written(tmp_path / f"{number}.html", html)
        asked: list[int] = warm.draw(page, width, 200, 2, lambda x: x.evaluate(told))
        return asked

    for number in range(8):
        for width in (300, 500):
            assert seen(number, width) == [width, width, 2]


def test_a_page_stands_still(warm: browser.Browser, square: Path) -> None:
    query = "matchMedia('(prefers-reduced-motion: reduce)').matches"
    assert evaluated(warm, square, query) is True


# What it refuses


def test_a_page_reaches_no_network(warm: browser.Browser, square: Path) -> None:
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    script = """(async () => {
      const tries = ['http://127.0.0.1:PORT/a', 'http://[::1]:PORT/b',
        'http://localhost:PORT/c', 'https://127.0.0.1:PORT/d', 'https://example.org/']
        .map(url => fetch(url, {mode: 'no-cors'}));
      tries.push(new Promise((done, failed) => {
        const image = new Image(); image.onload = done; image.onerror = failed;
        image.src = 'http://127.0.0.1:PORT/e'; }));
      tries.push(new Promise((done, failed) => {
        const socket = new WebSocket('ws://127.0.0.1:PORT/f');
        socket.onopen = done; socket.onerror = failed; }));
      navigator.sendBeacon('http://127.0.0.1:PORT/g', 'x');
      const call = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:UDP'}]});
      call.createDataChannel('x');
      await call.setLocalDescription(await call.createOffer());
      await new Promise(done => {
        const look = () => call.iceGatheringState === 'complete' ? done() : 0;
        call.onicegatheringstatechange = look; look(); });
      return (await Promise.allSettled(tries)).map(({status}) => status); })()"""
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.bind(("127.0.0.1", 0))
        datagrams.settimeout(0)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        script = script.replace("PORT", str(server.server_port))
        script = script.replace("UDP", str(datagrams.getsockname()[1]))
        assert evaluated(warm, square, script) == ["rejected"] * 7
        server.shutdown()
        assert asked == []
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)


def test_a_missing_page_is_named(warm: browser.Browser, tmp_path: Path) -> None:
    with pytest.raises(errors.ExportError, match=r"“.*none\.html” cannot be read"):
        evaluated(warm, tmp_path / "none.html", "1")


def test_no_browser_is_one_sentence_that_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "NAMES", ("chromium",))
    with pytest.raises(errors.BrowserError) as caught:
        chromium.find()
    assert str(caught.value) == (
        "Pictures are drawn by Chromium, and none was found: install it (Debian: `apt "
        "install chromium`), or set BROWSER_PATH to the path of Chromium or Chrome."
    )


def test_browser_path_goes_before_what_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BROWSER_PATH", sys.executable)
    assert chromium.find() == sys.executable


def test_a_wrong_browser_path_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "gone"))
    with pytest.raises(
        errors.BrowserError, match=r"BROWSER_PATH is “.*gone”, which is"
    ):
        chromium.find()


def test_a_program_that_is_no_browser_is_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, square: Path
) -> None:
    fake = written(tmp_path / "fake", "#!/bin/sh\necho libnss3.so is missing >&2\n")
    fake.chmod(0o700)
    monkeypatch.setenv("BROWSER_PATH", str(fake))
    with (
        browser.Browser() as drawer,
        pytest.raises(errors.BrowserError, match=r"libnss3\.so is missing\. Start it"),
    ):
        evaluated(drawer, square, "1")


def test_a_browser_without_a_sandbox_is_started_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, square: Path
) -> None:
    script = f"""#!/bin/sh
    case "$*" in *--no-sandbox*) exec {chromium.find()} "$@";; esac
    echo no usable sandbox >&2
    exit 1
    """
    bare = written(tmp_path / "bare", script)
    bare.chmod(0o700)
    monkeypatch.setenv("BROWSER_PATH", str(bare))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with browser.Browser() as drawer:
        assert evaluated(drawer, square, "innerWidth") == 300


# What it survives


def kill(family: list[psutil.Process]) -> None:
    main_of(family).kill()


def crash(family: list[psutil.Process]) -> None:
    for process in family:
        if "--type=renderer" in process.cmdline():
            process.kill()


def hang(_family: list[psutil.Process]) -> None:
    """Nothing from outside: the page itself runs for ever."""


@pytest.mark.parametrize(
    ("blow", "patience_s"), [(kill, 60), (crash, 60), (hang, PATIENCE_S)]
)
def test_work_is_done_again_at_once_on_a_fresh_browser(
    blow: Callable[[list[psutil.Process]], None],
    patience_s: float,
    square: Path,
    family: Callable[[], list[psutil.Process]],
) -> None:
    tries: list[psutil.Process] = []

    def work(page: browser.Page) -> bytes:
        tries.append(main_of(family()))
        if len(tries) == 1:
            threading.Timer(0.1, blow, (family(),)).start()
            page.evaluate("(() => { while (true); })()")
        return page.screenshot()

    with browser.Browser(patience_s=patience_s) as drawer:
        began = time.monotonic()
        image = pixels(drawer.draw(square, 300, 200, 1, work))
        assert time.monotonic() - began < LATEST_S
        assert image.getpixel((25, 25)) == RED
        first, second = tries
        assert first != second
        assert alive([first]) == []


def test_a_second_failure_is_told_and_the_next_picture_is_drawn(
    square: Path, family: Callable[[], list[psutil.Process]]
) -> None:
    def work(page: browser.Page) -> None:
        kill(family())
        page.evaluate("1")

    told = r"^The browser failed twice at this picture: it ended\."
    with browser.Browser() as drawer:
        with pytest.raises(errors.BrowserError, match=told):
            drawer.draw(square, 300, 200, 1, work)
        assert evaluated(drawer, square, "innerWidth") == 300


def test_what_goes_wrong_in_the_work_is_not_the_browsers_fault(
    warm: browser.Browser, square: Path
) -> None:
    def work(_page: browser.Page) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        warm.draw(square, 300, 200, 1, work)
    assert evaluated(warm, square, "innerWidth") == 300


def test_threads_take_turns(warm: browser.Browser, square: Path) -> None:
    def both(number: int) -> tuple[int, int]:
        width = 200 + number
        image = pixels(warm.draw(square, width, 200, 1, browser.Page.screenshot))
        return width, image.width

    with ThreadPoolExecutor(8) as pool:
        assert all(asked == got for asked, got in pool.map(both, range(16)))


def test_too_many_who_wait_are_turned_away(square: Path) -> None:
    with browser.Browser(queue=0) as drawer:

        def work(_page: browser.Page) -> str:
            with ThreadPoolExecutor(1) as pool:
                late = pool.submit(evaluated, drawer, square, "1")
                return str(late.exception())

        said = drawer.draw(square, 300, 200, 1, work)
    assert said.startswith("Too many pictures are asked for at once: 0 wait already.")


def test_a_turn_is_not_waited_for_without_end(square: Path) -> None:
    with browser.Browser(wait_s=0.05) as drawer:

        def work(_page: browser.Page) -> str:
            with ThreadPoolExecutor(1) as pool:
                late = pool.submit(evaluated, drawer, square, "1")
                return str(late.exception())

        said = drawer.draw(square, 300, 200, 1, work)
    assert said.startswith("The pictures before this one took over 0.05 seconds.")


def test_a_browser_that_has_grown_is_replaced(
    square: Path, family: Callable[[], list[psutil.Process]]
) -> None:
    with browser.Browser(limit_mb=1) as drawer:
        evaluated(drawer, square, "1")
        first = family()
        for _ in range(browser.LOOK_PICTURES):
            evaluated(drawer, square, "1")
        assert alive(first) == []


def test_an_idle_browser_ends_and_starts_again_when_needed(
    square: Path, family: Callable[[], list[psutil.Process]]
) -> None:
    with browser.Browser(idle_s=0) as drawer:
        first = drawer.draw(square, 300, 200, 1, lambda _page: family())
        assert alive(first) == []
        assert evaluated(drawer, square, "innerWidth") == 300


# How many there are


@pytest.mark.usefixtures("own_machine")
def test_another_program_waits_until_a_browser_is_free(square: Path) -> None:
    with browser.Browser() as drawer, ExitStack() as stack:

        def work(_page: browser.Page) -> "tuple[subprocess.Popen[str], str]":
            other = stack.enter_context(program(square, "say(width(browser))"))
            return other, heard(other)

        other, said = drawer.draw(square, 300, 200, 1, work)
        assert said == "waiting"
        # Ours is idle now and gives way.
        assert other.communicate(timeout=LATEST_S) == ("300\n", "")


@pytest.mark.usefixtures("own_machine")
def test_a_slot_is_not_waited_for_without_end(square: Path) -> None:
    waits: list[str] = []
    late = browser.Browser(wait_s=0.05, waiting=lambda: waits.append("waiting"))
    told = r"none became free for 0\.05 seconds"
    with (
        browser.Browser() as drawer,
        late,
        pytest.raises(errors.BrowserError, match=told),
    ):
        drawer.draw(square, 300, 200, 1, lambda _page: evaluated(late, square, "1"))
    assert waits == ["waiting"]


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5"])
def test_a_wrong_number_of_browsers_is_named(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEO_ASTANA_BROWSERS", number)
    with pytest.raises(errors.BrowserError, match=f"GEO_ASTANA_BROWSERS is “{number}”"):
        slots.allowed()


# What it leaves behind


def test_a_closed_browser_leaves_no_process_and_no_profile(
    square: Path, own_slots: Path, family: Callable[[], list[psutil.Process]]
) -> None:
    def profiles() -> set[Path]:
        return set(own_slots.glob("geo-astana-*/browser.*/*"))

    before = profiles()
    with browser.Browser() as drawer:
        first = drawer.draw(square, 300, 200, 1, lambda _page: family())
        assert first
        assert len(profiles() - before) == 1
    assert alive(first) == []
    assert profiles() <= before


def test_a_browser_that_is_closed_in_the_middle_ends_at_once_and_says_so(
    square: Path,
) -> None:
    drawer = browser.Browser()
    began = 0.0

    def work(page: browser.Page) -> None:
        nonlocal began
        began = time.monotonic()
        closing.start()
        page.evaluate("new Promise(() => {})")

    closing = threading.Thread(target=drawer.close)
    with pytest.raises(errors.BrowserError, match="The browser is closed"):
        drawer.draw(square, 300, 200, 1, work)
    closing.join()
    assert time.monotonic() - began < browser.CLOSING_S
    with pytest.raises(errors.BrowserError, match="The browser is closed"):
        evaluated(drawer, square, "1")


@pytest.mark.parametrize(
    "end",
    [
        "",
        "os.kill(os.getpid(), signal.SIGTERM)",
        "os.kill(os.getpid(), signal.SIGKILL)",
    ],
)
def test_no_process_outlives_its_program(end: str, square: Path) -> None:
    with program(square, f"say(width(browser))\nsys.stdin.readline()\n{end}") as other:
        assert heard(other) == "300"
        family = processes(other.pid)
        assert family
        assert other.communicate("go\n", timeout=LATEST_S) == ("", "")
    assert alive(family) == []


@pytest.mark.usefixtures("own_machine")
def test_what_a_killed_program_left_is_cleared_away() -> None:
    slot = slots.take(0, None)
    (slot.home / "profile" / "Default").mkdir(parents=True)
    slot.release()
    slot = slots.take(0, None)
    assert list(slot.home.iterdir()) == []
    slot.release()


def test_a_forked_child_has_its_own_browser_and_leaves_its_parents_alone(
    square: Path, own_machine: pytest.MonkeyPatch
) -> None:
    script = """
def fork(page):
    child = os.fork()
    if child == 0:
        say(width(browser, 310))
        raise SystemExit
    os.waitpid(child, 0)
    return page.evaluate("innerWidth")

say(browser.draw(Path(sys.argv[1]), 300, 200, 1, fork))
say(width(browser, 320))
child = os.fork()
if child == 0:
    signal.pause()
say(child)
signal.pause()
"""
    own_machine.setenv("GEO_ASTANA_BROWSERS", "2")
    with program(square, script) as other:
        assert [heard(other) for _ in range(3)] == ["310", "300", "320"]
        child = psutil.Process(int(heard(other)))
        family = processes(other.pid)
        assert [each for each in family if each.ppid() == other.pid] == [
            main_of(family)
        ]
        # The parent has kept its slot, the child has given back its own.
        slot = slots.take(0, None)
        assert slot.home.name == "browser.01"
        slot.release()
        # The child lives on and holds nothing that would keep the browser.
        other.kill()
        assert alive(family) == []
        assert lives(child)
        child.kill()
        assert other.communicate(timeout=LATEST_S)[0] == ""
