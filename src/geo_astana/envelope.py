"""What a page may send to a callback, checked before Dash reads it.

Dash trusts the body of such a request: whatever is missing there, or is not what it
expects, would end as an error of the server.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

# Deeper than anything that a page of ours sends.
MOST_DEEP = 32
# What Dash reads of the query: handles of a job, which it signed, and of the page.
HANDLES = ("endId", "cacheKey", "job", "oldJob", "cancelJob")


def fault(text: bytes, handles: Mapping[str, str], callbacks: Mapping[str, Any]) -> str:
    """What is wrong with a request to a callback, "" if nothing is.

    `handles` are the fields of its query, `callbacks` is Dash's own map.
    """
    if not all(handles.get(name, "").isascii() for name in HANDLES):
        return "A handle of the request is none of ours."
    try:
        body = json.loads(text)
        # Half of a letter is JSON, but no text: it cannot be written down again.
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return "The request is no JSON."
    if not isinstance(body, dict) or _depth(body) > MOST_DEEP:
        return "The request is no callback."
    wanted = body.get("output")
    known = callbacks.get(wanted) if isinstance(wanted, str) else None
    if known is None or "callback" not in known:
        return "The page asks for what this server does not have. Reload it."
    if not _fits(body, known):
        return "The request does not fit what it asks for. Reload the page."
    return ""


def _fits(body: dict[str, Any], known: dict[str, Any]) -> bool:
    inputs, state = body.get("inputs", []), body.get("state", [])
    outputs, changed = body.get("outputs"), body.get("changedPropIds", [])
    given = outputs if isinstance(outputs, list) else [outputs]
    output = known["output"]
    expected = output if isinstance(output, list | tuple) else [output]
    return (
        _names(inputs) == _names(known["inputs"])
        and _names(state) == _names(known["state"])
        and _names(given)
        == [(one.component_id, one.component_property) for one in expected]
        and isinstance(outputs, list) == isinstance(output, list | tuple)
        and isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
    )


def _names(properties: object) -> list[tuple[Any, Any]] | None:
    """Component and property of each, None for what is no list of such."""
    if not isinstance(properties, list) or not all(
        isinstance(one, dict) for one in properties
    ):
        return None
    return [(one.get("id"), one.get("property")) for one in properties]


def _depth(value: object) -> int:
    """How deep lists and objects are nested, at most one more than MOST_DEEP."""
    level, deep = [value], 0
    while level and deep <= MOST_DEEP:
        level = [inner for outer in level for inner in _inside(outer)]
        deep += 1
    return deep


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
