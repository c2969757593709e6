"""Who asks too often is told when to come again, and nobody else notices."""

import threading

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from geo_astana import dashboard, limits
from geo_astana.dataset import Dataset
from geo_astana.limits import Buckets
from geo_astana.settings import Settings

PLAN = "/export/plan?date=2017-12-21"
HERE, THERE = "203.0.113.1", "203.0.113.2"
JOB = {
    "output": "export-end.data",
    "outputs": {"id": "export-end", "property": "data"},
    "inputs": [{"id": "export-run", "property": "data", "value": {"query": "a=b"}}],
    "changedPropIds": ["export-run.data"],
}


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def client(record: Dataset) -> FlaskClient:
    """A server that makes three exports a minute for each."""
    app = dashboard.create_app(record, Settings(exports_per_minute=3))
    client: FlaskClient = app.server.test_client()
    return client


def asked(client: FlaskClient, address: str, by: str = HERE) -> int:
    status = client.get(address, environ_overrides={"REMOTE_ADDR": by}).status_code
    return int(status)


def test_who_asks_too_often_is_told_when_to_come_again(client: FlaskClient) -> None:
    assert [asked(client, PLAN) for _ in range(3)] == [200] * 3
    answer = client.get(PLAN, environ_overrides={"REMOTE_ADDR": HERE})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "20"
    assert answer.text == (
        "You asked for many exports in a short time. Try again in 20 seconds.\n"
    )
    assert answer.headers["Content-Security-Policy"]


def test_another_client_and_cheap_addresses_are_not_held_up(
    client: FlaskClient,
) -> None:
    assert [asked(client, PLAN) for _ in range(4)][-1] == 429
    assert asked(client, PLAN, by=THERE) == 200
    for address in ("/", "/healthz", "/_dash-layout"):
        assert asked(client, address) == 200
    assert asked(client, "/export/file/" + "x" * 32) == 404


@pytest.mark.parametrize(
    "address",
    [
        "/export/picture.gif",
        "/export/preview.png?what=data",
        "/export/page.pdf",
        "/download/events.exe",
    ],
)
def test_each_route_that_is_expensive_is_counted(
    client: FlaskClient, address: str
) -> None:
    assert [asked(client, address) for _ in range(4)][-1] == 429


def test_an_order_of_a_job_is_counted_and_its_page_is_told(client: FlaskClient) -> None:
    address = "/_dash-update-component"
    ends = [client.post(address, json=JOB).get_json() for _ in range(4)]
    words = [end["response"]["export-end"]["data"]["words"] for end in ends]
    assert not any("Try again in" in said for said in words[:3])
    assert "Try again in 20 seconds" in words[3]
    polled = client.post(f"{address}?cacheKey=x~y", json=JOB)
    assert polled.status_code == 204


def test_tokens_come_back_at_a_steady_rate() -> None:
    clock = Clock()
    buckets = Buckets(60, clock)
    assert [buckets.take("a") for _ in range(60)] == [0] * 60
    assert buckets.take("a") == 1
    clock.now += 1
    assert [buckets.take("a") for _ in range(2)] == [0, 1]
    clock.now += 3600
    assert sum(not buckets.take("a") for _ in range(100)) == 60


@given(
    st.integers(1, 200),
    st.lists(st.floats(0, 30, allow_subnormal=False), min_size=1, max_size=60),
)
def test_nobody_gets_more_than_a_full_bucket_and_the_rate(
    a_minute: int, pauses: list[float]
) -> None:
    clock = Clock()
    buckets = Buckets(a_minute, clock)
    given_out = 0
    for pause in pauses:
        clock.now += pause
        wait_s = buckets.take("a")
        given_out += not wait_s
        assert wait_s <= limits.MINUTE_S
    assert given_out <= a_minute + clock.now * a_minute / limits.MINUTE_S + 1e-6


def test_after_the_wait_that_was_told_the_next_is_allowed() -> None:
    clock = Clock()
    buckets = Buckets(7, clock)
    while not (wait_s := buckets.take("a")):
        pass
    clock.now += wait_s
    assert buckets.take("a") == 0


def test_so_many_clients_are_remembered_and_the_quiet_ones_forgotten() -> None:
    buckets = Buckets(1, Clock())
    for number in range(limits.MOST_CLIENTS + 100):
        buckets.take(f"client {number}")
    assert len(buckets) == limits.MOST_CLIENTS
    assert buckets.take(f"client {limits.MOST_CLIENTS + 99}") > 0
    assert buckets.take("client 0") == 0


def test_threads_take_no_token_twice() -> None:
    buckets, start = Buckets(50, Clock()), threading.Barrier(8)
    waits: list[int] = []

    def take() -> None:
        start.wait()
        waits.extend(buckets.take("a") for _ in range(20))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0) == 50


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:203.0.113.1", "203.0.113.1"),
        (None, "no address"),
    ],
)
def test_addresses_of_one_client_are_one(one: str | None, other: str) -> None:
    assert limits.client(one) == limits.client(other)


def test_neighbours_are_two_clients() -> None:
    assert limits.client("203.0.113.1") != limits.client("203.0.113.2")
    assert limits.client("2001:db8:1:2::1") != limits.client("2001:db8:1:3::1")
