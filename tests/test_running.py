"""A server of several processes: below a prefix, behind a proxy, ended in good order.

And the container: its steps, its compose file, its variables.
"""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gunicorn
import psutil
import pytest
import yaml
from deployed import ROOT, SCRIPT, Deployed, as_user, deployed, get
from gunicorn import config
from playwright.sync_api import BrowserContext
from visiting import Visit
from working import FILM, browsers_below, browsers_in, until

from geo_astana import gunicorn as serving
from geo_astana import jobs, settings, worker

PREFIX = "/map/"
NOBODY = 65534
DAY = "date=2017-12-21"
FILM_QUERY = "&".join(f"{key}={value}" for key, value in FILM.items())
DOCUMENT = (ROOT / "docs" / "running.md").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
SOURCES = "\n".join(
    path.read_text("utf-8") for path in (ROOT / "src").glob("geo_astana/**/*.py")
)


@pytest.fixture(scope="module")
def server() -> Iterator[Deployed]:
    """A server as the notes on running say it is run."""
    environment = {
        settings.PREFIX: PREFIX,
        settings.PROXIES: "1",
        settings.EXPORTS: "4",
        settings.METRICS: "1",
    }
    with deployed(environment) as server:
        yield server


def test_a_reader_below_a_prefix_misses_nothing(
    server: Deployed, reader: BrowserContext
) -> None:
    visit = Visit(reader)
    page = visit.open(f"{server.address}?{DAY}")
    page.keyboard.press("ArrowRight")
    visit.at_rest()
    page.click("[data-panel-button=about]")
    page.wait_for_selector(".panel h2")
    visit.unharmed(server.address)
    assert "date=2017-12-22" in page.url
    page.close()


def test_no_answer_names_a_version_of_the_software(server: Deployed) -> None:
    for path in ("", "healthz", "nowhere", "assets/app.js"):
        told = get(f"{server.address}{path}").headers
        assert not re.search(r"\d", told["Server"])
        assert told["Content-Security-Policy"]
        assert told["X-Request-ID"]
        assert "Set-Cookie" not in told


def test_a_client_is_who_the_proxy_says_and_no_more(server: Deployed) -> None:
    plan = f"{server.address}export/plan?{DAY}"
    first = [get(plan, X_Forwarded_For="203.0.113.1").status for _ in range(9)]
    assert 429 in first
    assert get(plan, X_Forwarded_For="203.0.113.2").status == 200
    # What stands before the proxy's own word, anyone can have written.
    claims = [
        get(plan, X_Forwarded_For=f"198.51.100.{n}, 203.0.113.3") for n in range(9)
    ]
    assert 429 in {claim.status for claim in claims}


def test_links_lead_to_the_address_that_the_proxy_was_asked_at(
    server: Deployed,
) -> None:
    told = get(
        f"{server.address}download/events.geojson",
        X_Forwarded_For="203.0.113.4",
        X_Forwarded_Proto="https",
        X_Forwarded_Host="talks.example",
    )
    assert told.json["link"] == f"https://talks.example{PREFIX}"


def test_every_process_counts_into_one_sum(server: Deployed) -> None:
    name = 'geo_astana_answers_total{method="GET",route="/map/healthz",status="200"}'

    def count() -> float:
        text = get(f"{server.address}metrics").text
        line = next(line for line in text.splitlines() if line.startswith(name))
        return float(line.rpartition(" ")[2])

    before = count()
    for _ in range(20):
        get(f"{server.address}healthz")
    # An answer is counted when its last byte has left.
    until(lambda: count() == before + 20)


def test_the_log_is_json_and_says_nothing_personal(server: Deployed) -> None:
    get(
        f"{server.address}?{DAY}&event=ast-08",
        User_Agent="someone",
        X_Forwarded_For="203.0.113.77",
    )
    host, _, port = server.address.split("/")[2].partition(":")
    with socket.create_connection((host, int(port))) as broken:
        broken.sendall(b"GET /?someone HTTP/9\x00\r\n\r\n")
        while broken.recv(4096):
            pass
    until(lambda: any("Invalid" in line["message"] for line in server.lines()))
    log = server.log.read_text("utf-8")
    for personal in ("203.0.113", "someone", "ast-08", "2017-12-21", "127.0.0.1 "):
        assert personal not in log
    answered = [line for line in server.lines() if line["message"] == "answered"]
    assert {"method", "route", "status", "ms", "bytes", "request"} <= set(answered[0])
    assert not any("ip=" in line["message"] for line in server.lines())


def test_an_address_longer_than_any_link_is_refused_by_us(server: Deployed) -> None:
    answer = get(f"{server.address}?{'a' * (settings.MOST_QUERY + 1)}")
    assert answer.status == 414
    assert answer.text.startswith("The address is too long")


@dataclass(frozen=True)
class Job:
    """A job as its page knows it: where it asks how it goes, and with what."""

    address: str
    body: dict[str, Any]

    def end(self) -> dict[str, Any]:
        """How it ends; each question may meet another process of the server."""

        def asked() -> dict[str, Any] | None:
            said = get(self.address, self.body)
            response = said.json.get("response") if said.status == 200 else None
            end: dict[str, Any] | None = response and response["export-end"]["data"]
            return end

        found: dict[str, Any] = until(asked)
        return found


def order(address: str) -> Job:
    """Order a film."""
    found = re.search(r'"end_id":\s*"([^"]+)"', get(address).text)
    assert found
    run = {"query": FILM_QUERY, "word": secrets.token_hex()}
    body = {
        "output": "export-end.data",
        "outputs": {"id": "export-end", "property": "data"},
        "inputs": [{"id": "export-run", "property": "data", "value": run}],
        "changedPropIds": ["export-run.data"],
    }
    update = f"{address}_dash-update-component?endId={found[1]}"
    made = get(update, body).json
    return Job(f"{update}&cacheKey={made['cacheKey']}&job={made['job']}", body)


def drawing(server: Deployed) -> bool:
    return not server.ended() and bool(browsers_below(server.process.pid))


def test_jobs_and_requests_survive_the_end_of_what_began_them() -> None:
    with deployed() as server:
        first = order(server.address)
        until(lambda: drawing(server))
        old = {child.pid for child in psutil.Process(server.process.pid).children()}
        server.process.send_signal(signal.SIGHUP)
        until(lambda: not any(psutil.pid_exists(pid) for pid in old))
        assert first.end()["state"] == "done"
        second = order(server.address)
        until(lambda: drawing(server))
        answers: list[int] = []
        picture = f"{server.address}export/picture.png?{DAY}&size=640x360"
        asking = threading.Thread(target=lambda: answers.append(get(picture).status))
        asking.start()
        until(server.busy)
        assert server.stop() == 0
        asking.join()
        assert answers == [200]
        assert not browsers_in(server.folder)
        assert [path.name for path in server.folder.glob("geo-astana-data-*")] == []
        server.start()
        end = second.end()
        assert end["state"] == "done"
        film = get(f"{server.address}export/file/{end['token']}")
        assert film.body[4:8] == b"ftyp"


def test_a_server_that_cannot_start_says_why_in_a_sentence(folder: Path) -> None:
    (folder / "events.csv").write_text("event_id\nx\n")
    # Of two that fail at once gunicorn may trip over the second.
    alone = {"WEB_CONCURRENCY": "1"}
    with deployed({"GEO_ASTANA_DATA": str(folder), **alone}) as server:
        assert server.process.wait(60) == 3
        critical = [one for one in server.lines() if one["level"] == "critical"]
    assert critical
    assert "events.csv" in critical[0]["message"]
    assert not any("error" in line for line in critical)
    wrong = {settings.PREFIX: "/map", settings.PROXIES: "x"}
    with deployed({**wrong, **alone}) as server:
        assert server.process.wait(60) == 3
        said = " ".join(line["message"] for line in server.lines())
    assert f"{settings.PREFIX} is “/map”" in said
    assert f"{settings.PROXIES} is “x”" in said


def nobody(python: Path, library: str) -> int:
    """A user without rights, if we may become that and it may run our libraries."""
    if os.getuid() or not shutil.which("setpriv"):
        return 0
    tried = subprocess.run(
        [*as_user(NOBODY), python / "python3", "-c", "import gunicorn, flask"],
        env={"PYTHONPATH": library},
        capture_output=True,
        check=False,
    )
    return 0 if tried.returncode else NOBODY


def check_of_health() -> list[str]:
    """The health check of the image, run from the source."""
    found = re.search(r"HEALTHCHECK .*CMD (\[.*\])", DOCKERFILE)
    assert found
    command: list[str] = json.loads(found[1])
    return [part.replace("/opt/", f"{ROOT}/scripts/") for part in command]


def test_the_steps_of_the_container_end_in_a_server_that_writes_to_one_folder() -> None:
    """The wheel beside the libraries that are here, as nobody where we may be that."""
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        package, own, python = (Path(home, name) for name in ("package", "own", "bin"))
        subprocess.run(
            [SCRIPT, "package", package, sys.executable], check=True, cwd=ROOT
        )
        before = {path: path.stat().st_mtime_ns for path in package.rglob("*")}
        library = f"{package}:{Path(gunicorn.__file__).parents[1]}"
        python.mkdir()
        readable = Path(f"/usr/bin/python3.{sys.version_info.minor}")
        ours = Path(sys.executable).resolve()
        (python / "python3").symlink_to(readable if readable.exists() else ours)
        user = nobody(python, library)
        own.mkdir()
        os.chown(own, user or os.getuid(), -1)
        server = Deployed(own, user=user, python=python, library=library)
        try:
            assert not server.ended(), server.log.read_text("utf-8")
            assert "geo-astana" in get(server.address).text
            check = partial(
                subprocess.run,
                check_of_health(),
                env=server.environment,
                capture_output=True,
                check=False,
            )
            assert check().returncode == 0
            drawn = get(f"{server.address}export/picture.png?{DAY}&size=640x360")
            assert drawn.body.startswith(b"\x89PNG")
            below = psutil.Process(server.process.pid).children(recursive=True)
            assert {one.uids().real for one in below} == {user or os.getuid()}
        finally:
            server.stop()
        assert check().returncode == 1
        assert {path: path.stat().st_mtime_ns for path in package.rglob("*")} == before


def test_each_step_of_the_dockerfile_is_one_of_the_script() -> None:
    steps = re.findall(r"^(?:RUN|CMD) +(.+)$", DOCKERFILE, re.MULTILINE)
    functions = set(
        re.findall(r"^(\w+)\(\) \{", SCRIPT.read_text("utf-8"), re.MULTILINE)
    )
    names = [re.findall(r"container\.sh\W+(\w+)", step) for step in steps]
    assert {name for found in names for name in found} <= functions
    assert all(names)
    assert re.search(r"^USER \d+$", DOCKERFILE, re.MULTILINE)
    assert not re.search(r"secret|password|token", DOCKERFILE, re.IGNORECASE)


def test_the_image_holds_what_the_wheel_is_built_from() -> None:
    kept = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert all((ROOT / name).exists() for name in kept)
    for name in re.findall(r"^COPY (?!--from|\.)(.+) /", DOCKERFILE, re.MULTILINE):
        assert set(name.split()) <= set(kept)


def test_what_compose_starts_is_there_and_locked_up() -> None:
    services = COMPOSE["services"]
    assert services.keys() == {"web", "worker", "redis"}
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {"mem_limit", "cpus", "pids_limit", "tmpfs"} <= service.keys()
        assert all(network in COMPOSE["networks"] for network in service["networks"]), (
            name
        )
    assert "ports" not in services["redis"]
    assert services["redis"]["networks"] == ["inside"]
    assert services["web"]["ports"][0].startswith("127.0.0.1:")
    celery = [
        Path(sys.executable).with_name("celery"),
        *services["worker"]["command"][1:],
    ]
    told = subprocess.run(
        [*celery, "--help"],
        env={
            **os.environ,
            jobs.VARIABLE: services["worker"]["environment"][jobs.VARIABLE],
        },
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "--concurrency" in told
    assert f"--app={worker.__name__}" in services["worker"]["command"]


def variables(text: str) -> set[str]:
    return set(re.findall(r"GEO_ASTANA_[A-Z_]+", text))


def test_every_variable_is_read_by_the_code_and_told_in_the_notes() -> None:
    used = variables((ROOT / "compose.yaml").read_text("utf-8")) | variables(DOCKERFILE)
    known = variables(SOURCES)
    assert used <= known
    assert known == set(
        re.findall(r"^\| `(GEO_ASTANA_[A-Z_]+)` \|", DOCUMENT, re.MULTILINE)
    )


def test_gunicorn_knows_each_of_its_settings() -> None:
    known = {setting.name for setting in config.KNOWN_SETTINGS}
    ours = {
        name
        for name, value in vars(serving).items()
        if not name.startswith("_") and type(value) in (str, int, bool, dict)
    }
    assert ours <= known
    assert {"workers", "max_requests_jitter", "graceful_timeout"} <= ours
