"""The data folder is replaced while it is served: good data is taken, bad refused."""

import json
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from geo_astana import dataset, errors, health, relay, watch
from geo_astana.settings import Settings
from geo_astana.watch import Copy, Watch

VERSION = "9.9.9"
STAMPED = re.compile(r"/data/(\w+)/theme\.css")


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A folder, its watch, and every copy that took the place of another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.copies: list[Copy] = []
        served = watch.prints(folder)
        self.watch = Watch(folder, served, self.copies.append, self.clock)

    def look(self) -> None:
        """Look after a while, and wait for what is read."""
        self.clock.now += watch.LOOK_S
        if reader := self.watch.look():
            reader.join()

    def versions(self) -> list[str]:
        return [copy.record.version for copy in self.copies]


@pytest.fixture
def watched(folder: Path) -> Iterator[Watched]:
    watched = Watched(folder)
    yield watched
    for copy in watched.copies:
        copy.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server, which each test leaves whole."""
    home = tmp_path_factory.mktemp("server") / "geo"
    shutil.copytree(dataset.default_folder(), home)
    return home


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[relay.Relay]:
    served = relay.Relay(home, Settings())
    yield served
    served.close()


def change(folder: Path, version: str = VERSION) -> None:
    """Give the data another version."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**package, "version": version}), "utf-8")


def spoil(folder: Path) -> None:
    """Put a fault into the data."""
    path = folder / "events.csv"
    path.write_text(path.read_text("utf-8").replace("2017", "20x7", 1), "utf-8")


def test_a_folder_that_stays_is_not_read_again(watched: Watched) -> None:
    for _ in range(3):
        watched.look()
    assert watched.copies == []


def test_new_data_is_read_when_two_looks_find_the_same(watched: Watched) -> None:
    change(watched.folder)
    watched.look()
    assert watched.versions() == []
    watched.look()
    assert watched.versions() == [VERSION]
    watched.look()
    assert watched.versions() == [VERSION]


def test_files_that_still_change_are_left_alone(watched: Watched) -> None:
    for number in range(4):
        change(watched.folder, f"{number}.{'0' * number}")
        watched.look()
    assert watched.versions() == []
    watched.look()
    assert watched.versions() == ["3.000"]


def test_a_folder_is_looked_at_once_in_a_while(watched: Watched) -> None:
    change(watched.folder)
    for _ in range(5):
        assert watched.watch.look() is None
    watched.clock.now += watch.LOOK_S / 2
    assert watched.watch.look() is None
    assert watched.versions() == []


def test_faults_are_logged_and_told_and_the_data_stays(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(watched.folder)
    for _ in range(4):
        watched.look()
    assert watched.copies == []
    refused = watched.watch.refused
    assert refused
    assert refused["count"] == 1
    assert "events.csv, row " in str(refused["faults"])
    words = [record.message for record in caplog.records]
    assert len(words) == 1
    assert "20x7" in words[0]
    assert str(watched.folder) not in words[0]


def test_a_folder_that_is_gone_is_refused_and_taken_when_it_is_back(
    watched: Watched, tmp_path: Path
) -> None:
    shutil.move(watched.folder, tmp_path / "away")
    for _ in range(2):
        watched.look()
    assert watched.watch.refused
    shutil.move(tmp_path / "away", watched.folder)
    for _ in range(2):
        watched.look()
    assert watched.watch.refused is None
    assert watched.copies == []


def test_mended_data_is_taken_after_bad_data(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    good = (watched.folder / "events.csv").read_bytes()
    spoil(watched.folder)
    for _ in range(2):
        watched.look()
    (watched.folder / "events.csv").write_bytes(good)
    change(watched.folder)
    for _ in range(2):
        watched.look()
    assert watched.versions() == [VERSION]
    assert watched.watch.refused is None
    assert f"version {VERSION} is served" in caplog.text


def test_a_copy_is_whole_whatever_becomes_of_its_folder(folder: Path) -> None:
    copy = watch.take(folder)
    own = copy.record.folder
    shutil.rmtree(folder)
    assert dataset.load(own).events.keys() == copy.record.events.keys()
    copy.close()
    assert not own.exists()


def test_the_copies_of_a_process_that_was_killed_are_swept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own = watch.take(folder)
    monkeypatch.setattr("os.getpid", lambda: 4_000_000)
    left = watch.take(folder)
    watch.sweep(4_000_000)
    assert own.record.folder.exists()
    assert not left.record.folder.exists()
    own.close()
    left.close()


@pytest.mark.parametrize("harm", [spoil, shutil.rmtree])
def test_a_start_with_bad_data_ends_with_its_faults(folder: Path, harm: object) -> None:
    harm(folder)  # type: ignore[operator]
    with pytest.raises(errors.DataError, match=re.escape(str(folder))):
        watch.take(folder)


def stamp(client: Client) -> str:
    found = STAMPED.search(client.get("/", buffered=True).text)
    assert found
    return found[1]


def test_readers_of_a_server_get_the_new_data_and_keep_the_old_files(
    served: relay.Relay, home: Path
) -> None:
    client = Client(served)
    old = stamp(client)
    change(home)
    assert stamp(client) == old
    served.watch.hurry()
    new = stamp(client)
    assert new != old
    ready = client.get("/readyz", buffered=True)
    assert json.loads(ready.text)["data"] == {
        **json.loads(ready.text)["data"],
        "version": VERSION,
        "stamp": new,
    }
    for one in (old, new):
        answer = client.get(f"/data/{one}/payload.json", buffered=True)
        assert answer.status_code == 200
    exported = client.get("/download/events.geojson", buffered=True)
    assert f"-{VERSION}-" in exported.headers["Content-Disposition"]


def test_a_server_asked_for_files_that_another_serves_already_looks_at_once(
    served: relay.Relay, home: Path
) -> None:
    other = relay.Relay(home, Settings())
    change(home, "2.0.0")
    other.watch.hurry()
    new = stamp(Client(other))
    other.close()
    answer = Client(served).get(f"/data/{new}/payload.json", buffered=True)
    assert answer.status_code == 200


def test_an_edition_lives_as_long_as_somebody_reads_it(
    served: relay.Relay, home: Path
) -> None:
    client = Client(served)
    first = stamp(client)
    reading = client.get(f"/data/{first}/payload.json")
    for number in range(relay.KEPT):
        change(home, f"1.{number}")
        served.watch.hurry()
    assert len(reading.data) > 1000
    reading.close()
    assert client.get(f"/data/{first}/theme.css", buffered=True).status_code == 404


def test_a_server_with_a_broken_folder_serves_on_and_says_so(
    served: relay.Relay, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(served)
    before = client.get("/download/events.zip", buffered=True)
    good = (home / "events.csv").read_bytes()
    spoil(home)
    served.watch.hurry()
    ready = client.get("/readyz", buffered=True)
    assert ready.status_code == 200
    said = json.loads(ready.text)
    assert said["ready"] is True
    assert said["refused"]["count"] == 1
    assert "20x7" in said["refused"]["faults"][0]
    assert said["exports"] == health.FINE
    assert "The data folder was replaced by one with 1 fault" in caplog.text
    after = client.get("/download/events.zip", buffered=True)
    assert before.status_code == after.status_code == 200
    assert before.headers["ETag"] == after.headers["ETag"]
    (home / "events.csv").write_bytes(good)
    served.watch.hurry()
    assert client.get("/readyz", buffered=True).json["refused"] is None  # type: ignore[index]


def test_data_that_cannot_be_served_is_refused_as_well(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(copy: Copy) -> None:
        copy.close()
        raise RuntimeError("the secret cause")

    refusing = Watch(watched.folder, (), fail, watched.clock)
    refusing.hurry()
    assert refusing.refused == {
        "count": 1,
        "faults": ["It cannot be served; why stands in the log."],
    }
    assert "the secret cause" in caplog.text
