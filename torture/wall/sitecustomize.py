"""Python with a wall clock that is set by others: seconds to add stand in a file.

Python itself loads this where its folder stands in PYTHONPATH. The clock that only
grows (time.monotonic) goes on as it does when a real clock is set.
"""

import os
import time
from pathlib import Path

import psutil._pslinux as linux

true_time, true_boot = time.time, linux.boot_time
ahead = Path(os.environ["TORTURE_CLOCK"])


def ahead_s() -> float:
    return float(ahead.read_text("ascii"))


# Linux tells when it was started by the wall clock as it is set now.
time.time = lambda: true_time() + ahead_s()
linux.boot_time = lambda: true_boot() + ahead_s()
