"""Jobs: their shelves, their tickets, and what happens to them on a real machine."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from working import (
    Page,
    Redis,
    Workers,
    browsers_below,
    browsers_in,
    command,
    until,
)

from geo_astana import broker, errors, jobs, shelf, temporary, ticket
from geo_astana.dataset import Dataset
from geo_astana.export import reader
from geo_astana.jobs import CeleryJobs, DiskJobs
from geo_astana.shelf import Shelf
from geo_astana.ticket import End, Task, Ticket


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def crew(server: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """No worker yet."""
    workers = Workers(server.url, tmp_path_factory.mktemp("w"))
    yield workers
    workers.kill_all()


@pytest.fixture(params=["disk", "redis"])
def a_shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "disk":
        kept: shelf.Disk | broker.Shelf = shelf.Disk(tmp_path / "shelf")
    else:
        kept = broker.Shelf(request.getfixturevalue("server").url)
    yield kept
    kept.close()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where processes started here write what they need for a while."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def disk(tmp_path: Path, record: Dataset, room: Path) -> Iterator[Page]:
    """A page of a server without Redis."""
    manager = DiskJobs(tmp_path / "shelf", record.folder)
    yield Page(manager, record.version)
    manager.close()
    until(lambda: not browsers_in(room))


@pytest.fixture
def queue(server: Redis, record: Dataset) -> Iterator[Page]:
    """A page of a server with Redis, which holds nothing yet."""
    manager = CeleryJobs(broker.Queue(server.url))
    yield Page(manager, record.version)
    manager.close()
    server.stop()
    server.start()


def test_a_value_is_kept_as_it_was(a_shelf: Shelf) -> None:
    value = {"words": "Астана — أستانا", "of": [1, 2.5, None, True]}
    assert a_shelf.get("a") is None
    a_shelf.put("a", value)
    assert a_shelf.get("a") == value
    a_shelf.drop("a")
    assert a_shelf.get("a") is None


def test_only_the_first_value_is_added(a_shelf: Shelf) -> None:
    assert a_shelf.add("first", 1)
    assert not a_shelf.add("first", 2)
    assert a_shelf.get("first") == 1


def test_a_file_comes_back_whole_until_it_is_lifted(
    a_shelf: Shelf, tmp_path: Path
) -> None:
    content = os.urandom(broker.PIECE + 1)
    (tmp_path / "file").write_bytes(content)
    a_shelf.lay("token", tmp_path / "file")
    assert b"".join(a_shelf.take("token") or ()) == content
    a_shelf.lift("token")
    assert a_shelf.take("token") is None


def test_nothing_in_the_folder_is_pickled(tmp_path: Path) -> None:
    kept = shelf.Disk(tmp_path)
    kept.put("task", {"fields": {"what": "deck"}})
    kept.add("open", ["a", "b"])
    kept.lay("token", Path(__file__))
    kept.close()
    pickled = 4
    for cache in ("values", "files"):
        rows = sqlite3.connect(tmp_path / cache / "cache.db")
        modes = {mode for (mode,) in rows.execute("SELECT mode FROM Cache")}
        rows.close()
        assert modes
        assert pickled not in modes


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    own = temporary.folder("own")
    assert own.stat().st_mode & 0o077 == 0
    own.rmdir()
    (tmp_path / "elsewhere").mkdir()
    own.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(errors.ExportError, match="belongs to somebody else"):
        temporary.folder("own")


def test_a_job_ends_once_with_the_first_word(a_shelf: Shelf) -> None:
    job = Ticket(a_shelf, "once")
    assert job.finish(End("cancelled", "Cancelled."))
    assert not job.finish(End("done", "Ready.", "token"))
    assert job.end() == {"state": "cancelled", "words": "Cancelled.", "token": ""}


def test_a_job_has_one_maker_at_a_time(a_shelf: Shelf) -> None:
    job = Ticket(a_shelf, "leased")
    assert job.lease("one")
    assert not job.lease("another")
    assert job.leased()
    job.release()
    assert job.lease("another")


def test_a_job_that_is_known_is_not_ordered_again(queue: Page) -> None:
    key = queue.order()
    never = pytest.fail
    assert queue.manager.call_job_fn(key, never, ["ordered again"], None) == key


def test_a_server_takes_so_many_jobs_and_no_more(queue: Page) -> None:
    keys = [queue.order() for _ in range(jobs.RUNNING + jobs.WAITING)]
    with pytest.raises(errors.ExportError, match="Try again in a few minutes"):
        queue.order()
    assert queue.words(keys[3]) == "It waits: 3 exports are made before it"
    queue.manager.terminate_job(keys[0])
    last = queue.order()
    # Nobody asks for the second any more: its place is free too.
    queue.manager.shelf.put(f"asked:{keys[1]}", 0)
    queue.order()
    assert queue.manager.get_result(keys[1], "")["state"] == "cancelled"
    assert queue.still(last)


def test_an_order_that_cannot_be_made_takes_no_place(queue: Page) -> None:
    def refused() -> Task:
        raise errors.ExportError("there is no size “3x3”")

    with pytest.raises(errors.ExportError):
        queue.manager.call_job_fn("refused", refused, [], None)
    assert not queue.manager.shelf.get("open")


def test_a_job_that_nobody_knows_ends_with_a_word(queue: Page) -> None:
    assert queue.manager.get_result("lost", "")["words"] == ticket.UNKNOWN


def test_a_job_ends_with_a_word_when_redis_is_gone(queue: Page, server: Redis) -> None:
    key = queue.order()
    server.stop()
    assert queue.words(key) == ""
    silent = {"state": "failed", "words": broker.SILENT, "token": ""}
    assert queue.manager.get_result(key, key) == silent
    queue.manager.terminate_job(key)
    with pytest.raises(errors.ExportError, match="does not answer"):
        queue.order()
    server.start()
    assert queue.manager.get_result(key, key)["words"] == ticket.UNKNOWN
    assert queue.words(queue.order()) == "It begins in a moment"


def test_every_server_on_a_shelf_signs_alike(queue: Page, server: Redis) -> None:
    one = queue.manager.get_or_create_signing_secret(lambda: b"one")
    other = CeleryJobs(broker.Queue(server.url))
    assert other.get_or_create_signing_secret(lambda: b"other") == one == b"one"
    other.close()


def test_an_address_that_is_none_is_told_without_it(
    record: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(jobs.VARIABLE, "http://:secret@nowhere")
    with pytest.raises(errors.ExportError, match="redis://") as told:
        jobs.manager(record)
    assert "secret" not in str(told.value)


def test_of_three_jobs_one_is_killed_one_cancelled_and_one_made(
    disk: Page, room: Path, tmp_path: Path
) -> None:
    killed, cancelled, made = (disk.order() for _ in range(3))
    assert disk.words(made) == "It waits: 2 exports are made before it"
    until(lambda: disk.words(killed).startswith("picture"))
    until(lambda: disk.words(cancelled).startswith("picture"))
    stopped = {"state": "failed", "words": ticket.STOPPED, "token": ""}
    process_of(killed).kill()
    assert disk.end(killed) == stopped
    process = process_of(cancelled)
    disk.manager.terminate_job(cancelled)
    assert not process.is_running()
    assert disk.end(cancelled)["state"] == "cancelled"
    film = kept(disk, made, tmp_path)
    assert film.name == "talks.mp4"
    _, said = reader.read(film)
    assert said.date == "2017-12-10/2017-12-24"
    assert said.link.startswith("https://talks.example/?")
    until(lambda: not browsers_in(room))


def process_of(key: str) -> psutil.Process:
    """The process that makes a job."""
    children = psutil.Process().children()
    return next(child for child in children if key in command(child))


def kept(page: Page, key: str, folder: Path) -> Path:
    """The file of a job, as a reader saves it."""
    end = page.end(key)
    assert end["state"] == "done", end
    laid = page.manager.shelf
    known = laid.get(f"file:{end['token']}")
    assert known
    file = folder / str(known["name"])
    file.write_bytes(b"".join(laid.take(end["token"]) or ()))
    return file


def test_a_job_goes_on_when_the_clock_of_its_server_is_set(
    disk: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = disk.order()
    started = psutil.boot_time()
    # Linux tells when it was started by the wall clock as it is set now.
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: started + 2)
    assert disk.end(key)["state"] == "done"


def test_a_job_whose_worker_died_waits_behind_those_that_are_made(
    queue: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "IDLE_S", 1)
    monkeypatch.setattr(jobs, "MOST_SENT", 2)
    laid = queue.manager.shelf
    died, made = queue.order(), queue.order()
    assert ticket.Ticket(laid, died).begin() == 1
    ticket.Ticket(laid, made).renew("another worker")
    # Handed over again, then waited for.
    for _ in range(3):
        until(lambda: queue.still(died) and laid.get(f"looked:{died}"))
        until(lambda: not laid.get(f"looked:{died}"))
        ticket.Ticket(laid, made).renew("another worker")
        assert queue.still(died)
    assert laid.get(f"sent:{died}") == 2


def test_a_process_without_its_command_yet_is_one_that_works(
    disk: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = disk.order()
    with monkeypatch.context() as begun:
        # Linux tells of none until a program that was started is in its place.
        begun.setattr("psutil.Process.cmdline", lambda _: [])
        assert disk.still(key)
    assert disk.end(key)["state"] == "done"


def test_a_cancelled_process_leaves_nothing(disk: Page, room: Path) -> None:
    key = disk.order()
    until(lambda: browsers_in(room))
    disk.manager.terminate_job(key)
    assert not browsers_in(room)
    assert left_in(room) == []


def left_in(room: Path) -> list[str]:
    """What is still there, but the folder that counts the browsers."""
    counted = f"geo-astana-{os.getuid()}"
    return [path.name for path in room.iterdir() if path.name != counted]


def test_a_job_that_the_queue_has_lost_is_given_out_again_until_it_is_cancelled(
    queue: Page, crew: Workers, server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "IDLE_S", 1)
    key = queue.order()
    server.forget(broker.QUEUE)
    crew.have(1)
    until(lambda: queue.still(key) and crew.busy())
    queue.manager.terminate_job(key)
    assert queue.end(key)["state"] == "cancelled"
    until(lambda: not crew.busy())


def test_another_worker_finishes_the_job_of_a_killed_one(
    queue: Page, crew: Workers, tmp_path: Path
) -> None:
    crew.have(2)
    key = queue.order()
    crew.kill(until(crew.busy))
    assert reader.read(kept(queue, key, tmp_path))[1].title


def test_a_job_is_begun_again_while_there_are_workers_and_else_ends_with_a_word(
    queue: Page, crew: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "IDLE_S", 1)
    crew.have(1)
    key = queue.order()
    below = psutil.Process(until(crew.busy).pid).children()
    next(child for child in below if browsers_below(child.pid)).kill()
    until(lambda: not crew.busy())
    until(crew.busy)
    assert queue.still(key)
    crew.kill_all()
    assert queue.end(key) == {"state": "failed", "words": ticket.STOPPED, "token": ""}
    assert queue.end(queue.order())["words"] == jobs.NO_WORKER
