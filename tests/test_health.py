"""What those who run a server can ask it: is it ready, and what has it answered."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client
from working import Redis

from geo_astana import dashboard, errors, health, jobs, metrics, settings
from geo_astana.dataset import Dataset
from geo_astana.journal import Journal
from geo_astana.settings import Settings


@pytest.fixture(scope="module")
def client(record: Dataset) -> FlaskClient:
    client: FlaskClient = dashboard.create_app(record).server.test_client()
    return client


@pytest.fixture
def redis() -> Iterator[Redis]:
    redis = Redis()
    yield redis
    redis.stop()


def test_a_process_that_answers_is_healthy(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "OK")


def test_a_server_says_which_data_it_serves(
    client: FlaskClient, record: Dataset
) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.cache_control.no_store
    said = answer.get_json()
    assert said["ready"] is True
    assert said["data"]["version"] == record.version
    assert said["data"]["events"] == len(record.events)
    assert f"/data/{said['data']['stamp']}/" in client.get("/").text
    assert (said["refused"], said["exports"]) == (None, health.FINE)


def test_a_server_without_its_redis_serves_the_map_and_says_so(
    record: Dataset, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(jobs.VARIABLE, redis.url)
    client = dashboard.create_app(record).server.test_client()
    assert client.get("/readyz").get_json()["exports"] == health.FINE
    redis.stop()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "(Redis) does not answer" in answer.get_json()["exports"]
    assert client.get("/").status_code == 200
    redis.start()
    assert client.get("/readyz").get_json()["exports"] == health.FINE


def test_nothing_is_told_to_prometheus_unless_wanted(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert metrics.listeners(settings.USUAL) == ()


def test_answers_are_counted_by_route_and_status(record: Dataset) -> None:
    obeyed = Settings(metrics=True)
    server = dashboard.create_app(record, obeyed).server
    client = Client(Journal(server, *metrics.listeners(obeyed)))
    before = counted(client)
    for address in ("/healthz", "/healthz", "/export/plan?date=2017-12-21", "/secret"):
        client.get(address, buffered=True)
    after = counted(client)
    new = {name: after[name] - before.get(name, 0) for name in after}
    count = "geo_astana_answers_total"
    assert new[f'{count}{{method="GET",route="/healthz",status="200"}}'] == 2
    assert new[f'{count}{{method="GET",route="/export/plan",status="200"}}'] == 1
    assert new[f'{count}{{method="GET",route="/<path:path>",status="404"}}'] == 1
    assert new['geo_astana_sent_bytes_total{route="/healthz"}'] == 4
    assert new['geo_astana_answer_seconds_count{route="/healthz"}'] == 2
    assert not [name for name in after if "2017" in name or "secret" in name]


def counted(client: Client) -> dict[str, float]:
    """The counts that a server tells."""
    text = client.get("/metrics", buffered=True).text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {
        name: float(value) for name, _, value in (li.rpartition(" ") for li in lines)
    }


def test_the_counts_of_several_processes_are_told_as_one(tmp_path: Path) -> None:
    count = (
        "from geo_astana import metrics; from geo_astana.journal import Answer;"
        "metrics.meter().count(Answer('GET', '/x', 200, 3.0, 7));"
        "print(metrics.meter().text().decode())"
    )
    environment = {**os.environ, metrics.SHARED: str(tmp_path)}
    texts = [
        subprocess.run(
            [sys.executable, "-c", count],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(3)
    ]
    totals = [
        re.search(r'answers_total\{.*route="/x".*\} (\d)', text)[1]  # type: ignore[index]
        for text in texts
    ]
    assert totals == ["1", "2", "3"]


def test_without_its_library_the_start_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    metrics.meter.cache_clear()
    with pytest.raises(errors.SettingsError, match=r"geo-astana\[metrics\]"):
        metrics.listeners(Settings(metrics=True))
    metrics.meter.cache_clear()
