"""Ends with 0 if the server of this container answers; it needs no more than Python."""

import os
import sys
import urllib.request

PATIENCE_S = 5


def main() -> int:
    """Ask the server at GEO_ASTANA_BIND, below GEO_ASTANA_PREFIX."""
    _, _, port = os.environ.get("GEO_ASTANA_BIND", "127.0.0.1:8050").rpartition(":")
    prefix = os.environ.get("GEO_ASTANA_PREFIX", "/")
    address = f"http://127.0.0.1:{port}{prefix}healthz"
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_S):
            return 0
    except OSError as error:
        sys.stderr.write(f"{address}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
