"""What the server and the page bear, measured: `make torture`.

Servers, workers and browsers are started as the tests start them, and tables are
printed as the benchmarks print theirs.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[1:1] = [str(ROOT / name) for name in ("tests", "benchmarks")]
