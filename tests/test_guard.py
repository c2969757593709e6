"""What every answer carries, what is refused and how, and that nothing trips over it.

By Flask's test client; whether a real browser meets the policy, by Chromium.
"""

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext
from visiting import Visit
from werkzeug.test import TestResponse

from geo_astana import dashboard, errors, guard, settings
from geo_astana.dataset import Dataset
from geo_astana.settings import Settings

ABOUT: dict[str, Any] = {
    "output": "panel.children",
    "outputs": {"id": "panel", "property": "children"},
    "inputs": [{"id": "panel-name", "property": "data", "value": "about"}],
    "changedPropIds": ["panel-name.data"],
}
CALLBACK = "/_dash-update-component"
# Each kind of route, and what its policy says of scripts.
ROUTES = {
    "/": "script-src 'self'",
    "/?date=2017-12-21": "script-src 'self'",
    "/healthz": guard.NOTHING,
    "/_dash-layout": guard.NOTHING,
    "/_dash-dependencies": guard.NOTHING,
    "/assets/app.js": guard.NOTHING,
    "/download/events.csv": guard.NOTHING,
    "/export/plan": guard.NOTHING,
    "/export/picture.gif": guard.NOTHING,
    "/nowhere": guard.NOTHING,
}
OUTSIDE = (
    "/assets/../pyproject.toml",
    "/assets/..%2fpyproject.toml",
    "/assets/%2e%2e/%2e%2e/pyproject.toml",
    "/assets//etc/passwd",
    "/assets/%2fetc%2fpasswd",
    "/assets/..\\pyproject.toml",
    "/assets/export/../../pyproject.toml",
    "/_dash-component-suites/dash/../../../pyproject.toml",
    "/_dash-component-suites/geo_astana/dashboard.py",
    "/_dash-component-suites/dash/dash.py",
    "/_dash-component-suites/os/path",
    "/static/../pyproject.toml",
    "/data/../pyproject.toml",
    "/download/../pyproject.toml",
    "/pyproject.toml",
    "/.git/config",
)


@pytest.fixture(scope="module")
def client(record: Dataset) -> FlaskClient:
    client: FlaskClient = dashboard.create_app(record).server.test_client()
    return client


@pytest.fixture(scope="module")
def below(record: Dataset) -> FlaskClient:
    """The same below a prefix, behind TLS."""
    obeyed = Settings(prefix="/map/", hsts_s=600)
    client: FlaskClient = dashboard.create_app(record, obeyed).server.test_client()
    return client


def get(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    """The answer, its file read and closed."""
    return client.get(address, headers=headers, buffered=True)


def data_address(client: FlaskClient, root: str = "/") -> str:
    """Where the page says that its data is."""
    found = re.search(rf"{root}data/\w+/", get(client, root).text)
    assert found
    return found[0]


@pytest.mark.parametrize("address", ROUTES)
def test_every_answer_has_its_policy_and_the_usual_headers(
    client: FlaskClient, address: str
) -> None:
    headers = get(client, address).headers
    assert headers["Content-Security-Policy"].find(ROUTES[address]) >= 0
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin")
    assert not {"Set-Cookie", "Server", "X-Powered-By"} & set(headers.keys())
    assert "Strict-Transport-Security" not in headers


def test_the_page_runs_only_scripts_that_its_policy_names(client: FlaskClient) -> None:
    answer = get(client, "/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'"):
        assert f"; {part}" in policy
    script_rule = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe" not in script_rule
    inline = re.findall(
        r"<script(?! src)([^>]*)>(.*?)</script>", answer.text, re.DOTALL
    )
    run = [text for kind, text in inline if "application/json" not in kind]
    assert run
    for text in run:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in script_rule
    assert not re.search(r"\son\w+=", answer.text)


def test_a_framed_page_names_who_may_frame_it() -> None:
    origins = ("https://news.example", "https://*.school.example")
    policy = guard.light_policy(["'sha256-x'"], origins)
    assert policy.endswith(f"; frame-ancestors {' '.join(origins)}")
    assert "script-src 'self' 'sha256-x';" in policy
    assert "frame-ancestors" not in guard.light_policy([], ("*",))
    assert guard.light_policy([], ()).endswith("; frame-ancestors 'none'")


def test_public_files_may_be_loaded_by_other_pages_and_nothing_else(
    client: FlaskClient,
) -> None:
    data = data_address(client)
    for address in (f"{data}payload.json", "/assets/app.js", "/assets/fonts/LICENSE"):
        headers = get(client, address).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for address in ("/", "/_dash-layout", "/_dash-dependencies", "/export/plan"):
        headers = get(client, address, Origin="https://x.example").headers
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    asked = client.options(CALLBACK, headers={"Origin": "https://x.example"})
    assert "Access-Control-Allow-Origin" not in asked.headers
    drawn = get(client, "/export/picture.gif").headers
    assert drawn["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_tls_is_insisted_on_where_the_settings_say_so(below: FlaskClient) -> None:
    for address in ("/map/", "/map/healthz", "/map/nowhere"):
        headers = get(below, address).headers
        assert headers["Strict-Transport-Security"] == "max-age=600"


def test_below_a_prefix_every_address_of_the_page_is_there(below: FlaskClient) -> None:
    page = get(below, "/map/").text
    asked = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert asked
    assert all(address.startswith("/map/") for address in asked)
    assert {get(below, address).status_code for address in asked} == {200}
    assert get(below, f"{data_address(below, '/map/')}payload.json").status_code == 200
    assert get(below, "/").status_code == 404
    assert below.post(f"/map{CALLBACK}", json=ABOUT).status_code == 200


def test_what_has_its_version_in_its_address_is_kept_for_a_year(
    client: FlaskClient,
) -> None:
    page = get(client, "/").text
    asked = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    suites = [address for address in asked if "_dash-component-suites" in address]
    assets = [address for address in asked if address.startswith("/assets/")]
    assert suites
    assert assets
    for address in (*suites, *assets, f"{data_address(client)}payload.json"):
        kept = get(client, address).cache_control
        assert kept.max_age == guard.A_YEAR, address
        assert kept.public
        assert kept.immutable
        assert not kept.no_cache


@pytest.mark.parametrize("stamp", ["", "?m=1", "?m=x", "?m=1e999", "?m=nan", "?n=1"])
def test_an_asset_under_another_version_is_asked_for_again(
    client: FlaskClient, stamp: str
) -> None:
    answer = get(client, f"/assets/app.js{stamp}")
    assert answer.status_code == 200
    assert answer.cache_control.no_cache
    assert answer.cache_control.max_age is None
    assert answer.headers["ETag"]


def test_the_page_itself_is_never_kept_by_others(client: FlaskClient) -> None:
    kept = get(client, "/").cache_control
    assert kept.private
    assert kept.no_cache


def test_who_may_frame_a_page_is_told_to_old_browsers_too(client: FlaskClient) -> None:
    assert get(client, "/").headers["X-Frame-Options"] == "SAMEORIGIN"
    light = get(client, "/?embed=slide").headers
    assert "X-Frame-Options" not in light
    assert "frame-ancestors" not in light["Content-Security-Policy"]
    assert "Cross-Origin-Opener-Policy" not in light


@pytest.mark.parametrize("address", OUTSIDE)
def test_no_path_of_a_request_reaches_a_file(client: FlaskClient, address: str) -> None:
    answer = get(client, address)
    assert answer.status_code == 404
    assert answer.text == f"{guard.SENTENCES[404]}\n"


@pytest.mark.parametrize(
    "address", ["/_reload-hash", "/_favicon.ico", "/_mcp", "/_alive_x", "/console"]
)
def test_the_extras_of_dash_are_off(client: FlaskClient, address: str) -> None:
    assert get(client, address).status_code == 404


def test_debug_is_off_whatever_the_environment_says(
    record: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DEBUG", "UI", "HOT_RELOAD", "MCP_ENABLED", "PROPS_CHECK"):
        monkeypatch.setenv(f"DASH_{name}", "true")
    app = dashboard.create_app(record)
    client = app.server.test_client()
    assert not app.server.debug
    shown = get(client, "/").text
    told = re.search(r'_dash-config"[^>]*>(.*?)</script>', shown)
    assert told
    config = json.loads(told[1])
    assert not config["ui"]
    assert not config["props_check"]
    assert "hot_reload" not in config
    assert client.post("/_mcp", json={}).status_code in (404, 405)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/", "/healthz", "/assets/app.js", "/export/plan"])
def test_what_is_read_cannot_be_written(
    client: FlaskClient, address: str, method: str
) -> None:
    answer = getattr(client, method)(address)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.text == f"{guard.SENTENCES[405]}\n"


def test_a_query_may_be_as_long_as_a_link_and_no_longer(client: FlaskClient) -> None:
    assert get(client, "/?" + "a" * settings.MOST_QUERY).status_code == 200
    answer = get(client, "/?" + "a" * (settings.MOST_QUERY + 1))
    assert answer.status_code == 414
    assert answer.text == f"{guard.SENTENCES[414]}\n"


def padded(size: int) -> bytes:
    """A request for the page about the record, of so many bytes."""
    body = json.dumps(ABOUT).encode()
    return body + b" " * (size - len(body))


def test_a_body_may_be_as_large_as_an_order_and_no_larger(client: FlaskClient) -> None:
    kind = {"content_type": "application/json"}
    largest = client.post(CALLBACK, data=padded(guard.MOST_BYTES), **kind)
    assert largest.status_code == 200
    answer = client.post(CALLBACK, data=padded(guard.MOST_BYTES + 1), **kind)
    assert answer.status_code == 413
    assert answer.text == f"{guard.SENTENCES[413]}\n"


def changed(**parts: object) -> bytes:
    return json.dumps({**ABOUT, **parts}).encode()


NESTED: dict[str, Any] = {"id": "panel-name", "property": "data"}


BODIES = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b"3",
    b'"x"',
    b"{",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"a":' * 10_000,
    changed(output="notice.children"),
    changed(output="nobody.knows"),
    changed(output=["panel.children"]),
    changed(output={"a": 1}),
    changed(outputs=None),
    changed(outputs=[ABOUT["outputs"]]),
    changed(outputs={"id": {"a": 1}, "property": "children"}),
    changed(outputs="panel.children"),
    changed(inputs=None),
    changed(inputs=[]),
    changed(inputs=[1]),
    changed(inputs={"id": "panel-name"}),
    changed(inputs=[[NESTED]]),
    changed(inputs=ABOUT["inputs"] * 2),
    changed(inputs=[{"id": "other", "property": "data"}]),
    changed(inputs=[{**NESTED, "value": json.loads("[" * 40 + "]" * 40)}]),
    changed(state=[NESTED]),
    changed(state="x"),
    changed(changedPropIds=3),
    changed(changedPropIds=[{"a": 1}]),
    json.dumps({**ABOUT, "inputs": [{**NESTED, "value": "\ud800"}]}).encode(),
)


@pytest.mark.parametrize("number", range(len(BODIES)))
def test_a_body_that_no_page_sends_is_refused_in_a_sentence(
    client: FlaskClient, number: int
) -> None:
    body = BODIES[number]
    answer = client.post(CALLBACK, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert len(answer.text.splitlines()) == 1
    assert answer.text.endswith(".\n")


@pytest.mark.parametrize("name", ["endId", "cacheKey", "job", "oldJob"])
def test_a_handle_that_is_not_ours_is_refused(client: FlaskClient, name: str) -> None:
    answer = client.post(f"{CALLBACK}?{name}=%C3%A9~x", json=ABOUT)
    assert answer.status_code == 400


def test_a_form_is_no_callback(client: FlaskClient) -> None:
    plain = client.post(CALLBACK, data=json.dumps(ABOUT), content_type="text/plain")
    assert plain.status_code == 415
    assert client.post(CALLBACK, data={"output": "x"}).status_code == 415


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(value=json_values, order=st.booleans())
def test_whatever_a_page_says_is_no_fault_of_the_server(
    client: FlaskClient, value: object, *, order: bool
) -> None:
    body = {**ABOUT, "inputs": [{**NESTED, "value": value}]}
    if order:
        body |= {
            "output": "export-end.data",
            "outputs": {"id": "export-end", "property": "data"},
            "inputs": [{"id": "export-run", "property": "data", "value": value}],
        }
    answer = client.post(CALLBACK, json=body)
    assert answer.status_code in (200, 204, 400)


def test_a_fault_of_ours_is_a_sentence_and_its_cause_is_logged(
    record: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    app = dashboard.create_app(record)

    def fail() -> str:
        raise RuntimeError("the secret cause")

    app.server.add_url_rule("/fail", view_func=fail)
    answer = app.server.test_client().get("/fail")
    assert answer.status_code == 500
    assert answer.text == f"{guard.SENTENCES[500]}\n"
    assert "the secret cause" in caplog.text


def test_a_page_that_was_exported_keeps_its_own_policy(client: FlaskClient) -> None:
    answer = get(client, "/export/page.html?date=2017-12-21")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.endswith("; frame-ancestors 'none'")
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    again = get(
        client,
        "/export/page.html?date=2017-12-21",
        **{"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304
    assert "Content-Security-Policy" not in again.headers


# What is opened, and what stands there when it is.
VIEWS = {
    "": ".maps-plot .trace",
    "panel=table": ".ag-row",
    "panel=export": ".export-paper img[src]",
    "panel=embed": ".panel iframe",
    "panel=present": ".panel h2",
    "panel=about": ".panel h2",
    "embed=slide": ".maps-plot .trace",
    "present=four-zones": ".maps-plot .trace",
}


@pytest.mark.parametrize("query", VIEWS)
def test_a_browser_finds_nothing_against_the_policy(
    reader: BrowserContext, address: str, query: str
) -> None:
    visit = Visit(reader)
    visit.page.add_init_script(
        "window.violations = []; document.addEventListener('securitypolicyviolation',"
        "(event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`))"
    )
    page = visit.open(f"{address}?date=2017-12-21&{query}")
    page.wait_for_selector(VIEWS[query], state="attached")
    page.keyboard.press("ArrowRight")
    visit.at_rest()
    for frame in page.frames:
        assert frame.evaluate("window.violations") == []
    assert visit.complaints == []
    own = (address, "data:", "blob:", "about:")
    assert [url for url in visit.requests if not url.startswith(own)] == []
    assert reader.cookies() == []
    page.close()


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", ("*",)),
        ("*", ("*",)),
        ("https://news.example", ("https://news.example",)),
        (
            "https://News.example:443/ http://a.b:8080",
            ("https://news.example", "http://a.b:8080"),
        ),
        ("https://*.school.example", ("https://*.school.example",)),
        ("http://[::1]:8050", ("http://[::1]:8050",)),
    ],
)
def test_origins_are_read_as_browsers_write_them(
    text: str, origins: tuple[str, ...]
) -> None:
    assert settings.read({settings.EMBED_ORIGINS: text}).embed_origins == origins


@pytest.mark.parametrize(
    "text",
    [
        "news.example",
        "https://news.example/page",
        "https://a;script-src *",
        "https://a,https://b",
        "https://user@a.example",
        "javascript:x",
        "'self'",
        "https://[bad",
        "https://a:99999",
        "* https://a.example",
        "https://",
    ],
)
def test_an_origin_that_is_none_ends_the_start_in_a_sentence(text: str) -> None:
    with pytest.raises(errors.SettingsError, match="GEO_ASTANA_EMBED_ORIGINS"):
        settings.read({settings.EMBED_ORIGINS: text})


def test_every_fault_of_the_settings_is_told_at_once() -> None:
    wrong = {
        settings.PREFIX: "map",
        settings.PROXIES: "-1",
        settings.HSTS: "long",
        settings.EXPORTS: "0",
        settings.METRICS: "yes",
    }
    with pytest.raises(errors.SettingsError) as raised:
        settings.read(wrong)
    for name, value in wrong.items():
        assert f"{name} is “{value}”" in str(raised.value)
    assert settings.read({}) == settings.USUAL
