"""Requests as they stand on the wire, with whatever bytes they hold."""

import http.client
import socket
import urllib.parse
from dataclasses import dataclass, field
from email.message import Message

PATIENCE_S = 60
# What stands for a status where none was heard: no answer, and nobody to ask.
SILENT, NOBODY = 0, -1


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    body: bytes = b""
    headers: Message = field(default_factory=Message)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def ask(address: str, wire: bytes) -> Heard:
    """Send bytes on a connection of their own, and read the answer."""
    parts = urllib.parse.urlsplit(address)
    try:
        connection = socket.create_connection(
            (parts.hostname or "", parts.port or 0), PATIENCE_S
        )
    except OSError:
        return Heard(NOBODY)
    method = wire.partition(b" ")[0].decode("latin-1")
    try:
        with connection:
            connection.sendall(wire)
            answer = http.client.HTTPResponse(connection, method=method)
            answer.begin()
            with answer:
                return Heard(answer.status, answer.read(), answer.headers)
    except (OSError, http.client.HTTPException):
        return Heard(SILENT)


def request(
    target: bytes, method: str = "GET", headers: bytes = b"", body: bytes = b""
) -> bytes:
    """A request with one's own target, which ends the connection.

    `headers` are whole lines, each with its end.
    """
    length = f"Content-Length: {len(body)}\r\n".encode() if body else b""
    return b"".join(
        (
            f"{method} ".encode(),
            target,
            b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n",
            headers,
            length,
            b"\r\n",
            body,
        )
    )
