#!/usr/bin/env bash
# Bring the Redis server that the tests of jobs start for themselves, if there is none.
set -eu

own=.venv/bin/redis-server
found() { command -v redis-server >/dev/null || "$own" --version >/dev/null 2>&1; }

# Debian's redis-server is another name for a program of redis-tools; the package of
# that name would also run one at every start of the computer.
bring() {
    "$(dirname "$0")/apt_install.sh" redis-tools &&
        ln -sf "$(command -v redis-check-rdb)" "$own" && found
}

found || bring || {
    echo "The tests need a Redis server: install it (on Debian the package" \
        "redis-server)." >&2
    exit 1
}
