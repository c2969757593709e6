"""Links, bodies and requests that no page of ours would send, from one seed."""

import copy
import json
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from test_hostile import ADDRESSES, NAMES, PIECES, WORDS

from geo_astana.export import order
from torture import wire

SEED = 20171221
KEYS = (*NAMES, *order.KEYS, "download", "url", "maxwidth", "maxheight", "panel")
# Values that a reader, a browser or a file system might take for something else.
VALUES = (
    *PIECES,
    *WORDS,
    *ADDRESSES,
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "\0",
    "2017-12-21\0.png",
    "\ud800",
    "\r\nSet-Cookie: a=b",
    "$(id)",
    "';--",
    "{{7*7}}",
    "9" * 400,
    "1e999",
    "99999x99999",
    "0x0",
    "-1",
    "𝟙𝟚",
)
# What is asked with an order or a link; a picture is drawn for none of them.
ROUTES = (
    "/",
    "/",
    "/",
    "/?embed=slide&",
    "/?present=four-zones&",
    "/oembed",
    "/export/plan",
    "/embed.js",
    "/readyz",
)
# What stands before a path that shall lead out of its folder.
FOLDERS = (
    "/assets/",
    "/data/",
    "/data/000000000000/",
    "/download/",
    "/export/file/",
    "/export/",
    "/_dash-component-suites/",
    "/_dash-component-suites/dash/",
    "/static/",
    "//",
    "/",
)
NESTED = 2000
# As large as is read, and larger.
LONG = (3_000, 4_097, 9_000, 40_000)
DRAWN = (
    "/export/picture.png",
    "/export/preview.png",
    "/export/page.html",
    "/export/picture.svg",
)
METHODS = (
    "HEAD POST PUT DELETE PATCH OPTIONS TRACE CONNECT PROPFIND GEt X " + "M" * 300
).split()
HEADERS = (
    b"X-Request-ID: <script>\r\n",
    b"X-Request-ID: " + b"a" * 5000 + b"\r\n",
    b"X-Forwarded-For: 1.2.3.4, \x00\r\n",
    b"X-Forwarded-For: ::ffff:999.1.1.1\r\nX-Forwarded-Proto: gopher\r\n",
    b'If-None-Match: "\xff", W/, *, \'\r\n',
    b"If-Modified-Since: Thu, 99 Foo 9999 99:99:99 GMT\r\n",
    b"Range: bytes=9-1, -0, 99999999999999999999-\r\n",
    b"Accept-Encoding: gzip;q=nan, br;q=-1, *;q=\xff\r\n",
    b"Accept-Encoding: " + b"gzip," * 1000 + b"\r\n",
    b"Cookie: " + b"a=b;" * 1500 + b"\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
    b"Host: other.example\r\n",
    b"Host: <script>\r\n",
    b"Authorization: Basic \xff\xfe\r\n",
    b"Content-Type: multipart/form-data; boundary=\r\n",
    b" folded: yes\r\n",
    b"No colon here\r\n",
    b"X: y\r\n" * 200,
)


def links(random: Random, count: int) -> Iterator[bytes]:
    """Targets of requests: an address with what follows its host."""
    for _ in range(count):
        kind = random.random()
        if kind < 0.75:
            yield _query(random)
        elif kind < 0.95:
            yield _path(random)
        else:
            long = random.choice(LONG)
            yield f"/?{random.choice(KEYS)}=".encode() + b"a" * long


def orders(random: Random, count: int) -> Iterator[bytes]:
    """Targets that a picture or a page would be made for, were they right."""
    for _ in range(count):
        yield f"{random.choice(DRAWN)}?".encode() + _pairs(random)


def bodies(
    random: Random, recorded: Sequence[bytes], count: int
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Query, type and body of requests to callbacks.

    Most are what a page has sent, changed in one to three places; the rest is noise.
    """
    for _ in range(count):
        query, kind = b"", b"application/json"
        if random.random() < 0.2:
            name = random.choice(["job", "oldJob", "cancelJob", "cacheKey", "endId"])
            query = b"?" + _pair(random, name)
        if random.random() < 0.05:
            kind = random.choice([b"", b"text/plain", b"application/json;charset=\xff"])
        if random.random() < 0.15:
            yield query, kind, _noise(random)
        else:
            yield query, kind, _changed(random, random.choice(recorded))


def odd(random: Random, count: int) -> Iterator[bytes]:
    """Whole requests with strange methods and headers."""
    for _ in range(count):
        target = random.choice(
            [b"/", b"/?embed=map", b"/readyz", b"/assets/app.js", b"*", b"http://x/"]
        )
        if random.random() < 0.4:
            yield wire.request(target, random.choice(METHODS), body=b"a=b")
        else:
            yield wire.request(target, headers=random.choice(HEADERS))


def _query(random: Random) -> bytes:
    route = random.choice(ROUTES)
    between = "" if route.endswith("&") else "?"
    return f"{route}{between}".encode() + _pairs(random)


def _pairs(random: Random) -> bytes:
    names = [random.choice(KEYS) for _ in range(random.randint(1, 6))]
    return random.choice([b"&", b"&&", b";"]).join(
        _pair(random, name) for name in names
    )


def _pair(random: Random, name: str) -> bytes:
    """A key with a value: quoted, doubly quoted, cut in a letter, or as it is."""
    value = random.choice(VALUES)
    if random.random() < 0.3:
        value += random.choice([",", "..", "&", "\n"]) + random.choice(VALUES)
    text = value.encode("utf-8", "surrogatepass")
    quoted = urllib.parse.quote_from_bytes(text).encode()
    twice = urllib.parse.quote_from_bytes(quoted).encode()
    broken = quoted[: random.randint(0, len(quoted))]
    # A line cannot hold these as they are.
    plain = text.translate(None, b"\r\n\0 #")
    key = urllib.parse.quote(name).encode()
    return key + b"=" + random.choice([quoted, quoted, twice, broken, plain])


def _path(random: Random) -> bytes:
    steps = random.choice(
        [
            "../" * random.randint(1, 12) + "etc/passwd",
            "..%2f" * random.randint(1, 12) + "etc/passwd",
            "%2e%2e/" * 6 + "etc/passwd",
            "..%5c..%5c..%5cwindows%5cwin.ini",
            "..%c0%af..%c0%afetc/passwd",
            "%00",
            "app.js%00.png",
            "%ff%fe",
            "a" * 3000,
            "a/" * 500,
            ".git/config",
            "events.csv",
            "<script>window.hacked=9</script>",
            "%0d%0aSet-Cookie:%20a=b",
        ]
    )
    return (random.choice(FOLDERS) + steps).encode()


def _noise(random: Random) -> bytes:
    return random.choice(
        [
            random.randbytes(random.randint(0, 3000)),
            b"[" * NESTED + b"]" * NESTED,
            b'{"a":' * NESTED + b"1" + b"}" * NESTED,
            b"null",
            b"NaN",
            b"[]",
            b'"' + b"a" * 70_000 + b'"',
            b'{"output": "panel.children"}',
            b'{"output": "\\ud800"}',
            b'{"inputs": [], "outputs": {}, "output": "__proto__"}',
            json.dumps({word: word for word in VALUES}).encode(),
        ]
    )


def _changed(random: Random, text: bytes) -> bytes:
    body = copy.deepcopy(json.loads(text))
    for _ in range(random.randint(1, 3)):
        random.choice(CHANGES)(random, body)
    changed = json.dumps(body).encode()
    if random.random() < 0.1:
        at = random.randrange(len(changed))
        return random.choice([changed[:at], changed[:at] + b"\xff" + changed[at:]])
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a body: what holds it, and by which key or number."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _strange(random: Random) -> Any:
    return random.choice(
        [
            random.choice(VALUES),
            None,
            True,
            -1,
            10**30,
            1e308,
            [],
            {},
            {"query": f"what=film&{random.choice(KEYS)}={random.choice(VALUES)}"},
            [[[[[[]]]]]],
            {"__proto__": {"hacked": 1}},
            {"props": {"children": "<b>"}, "type": "Div", "namespace": "html"},
        ]
    )


def _replace(random: Random, body: Any) -> None:
    holder, key = random.choice(list(_places(body)) or [({"": 0}, "")])
    holder[key] = _strange(random)


def _remove(random: Random, body: Any) -> None:
    holder, key = random.choice(list(_places(body)) or [({"": 0}, "")])
    del holder[key]


def _double(random: Random, body: Any) -> None:
    holder, key = random.choice(list(_places(body)) or [({"": 0}, "")])
    holder[key] = [holder[key], copy.deepcopy(holder[key])]


def _add(random: Random, body: Any) -> None:
    body[random.choice(KEYS)] = _strange(random)


CHANGES: tuple[Callable[[Random, Any], None], ...] = (_replace, _remove, _double, _add)
