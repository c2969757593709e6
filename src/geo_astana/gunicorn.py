"""What gunicorn is told: two processes of a few threads, which end in good order.

gunicorn -c python:geo_astana.gunicorn "geo_astana.wsgi:application()"

Each name below is one of gunicorn's settings; options of its command line win.
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from geo_astana import journal, metrics, settings, watch

bind = os.environ.get("GEO_ASTANA_BIND", "127.0.0.1:8050")
# Files come from memory, so a core serves a process; a picture waits for a browser,
# which holds a thread and no core.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8
# Each process reads the data by itself: it does so again when the data is replaced,
# and browsers, threads and connections are never shared through a fork.
preload_app = False
# A process that has answered so many is replaced, each at another time: some minutes of
# the most that it can answer, and what it costs is a hundredth of them.
max_requests = 200_000
max_requests_jitter = 40_000
# A picture may wait for its turn, and then be drawn.
timeout = 90
graceful_timeout = 30
keepalive = 5
# The sign of life of a process is a file: on a disk it would wait for other writes.
_memory = Path("/dev/shm")  # noqa: S108 - not ours, and only for an unlinked file
worker_tmp_dir = str(_memory) if os.access(_memory, os.W_OK) else None
# The most that gunicorn allows: what `guard` refuses with a sentence comes through.
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
# `journal` writes a line for each answer; gunicorn's own would have addresses.
accesslog = None
logconfig_dict = journal.CONFIG
# Else a socket in the home folder would take orders.
control_socket_disable = True
# Who forwards what is for `settings.PROXIES` to say.
forwarded_allow_ips = ""


def on_starting(server: Any) -> None:
    """Give the processes to come what they share."""
    del server
    # Each must know the jobs that another has signed, whatever Redis forgets.
    if not os.environ.get(settings.SECRET):
        os.environ[settings.SECRET] = secrets.token_hex()
    if os.environ.get(settings.METRICS) == "1":
        folder = tempfile.mkdtemp(prefix="geo-astana-metrics-")
        os.environ.setdefault(metrics.SHARED, folder)


def child_exit(server: Any, worker: Any) -> None:
    """Clear up after a process that ended."""
    del server
    metrics.forget(worker.pid)
    watch.sweep(worker.pid)
