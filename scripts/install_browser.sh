#!/usr/bin/env bash
# Bring the Chromium and the fonts that the tests draw with, if there are none.
set -eu

found() {
    for name in "${BROWSER_PATH:-chromium}" chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null; then return 0; fi
    done
    return 1
}

found || { "$(dirname "$0")/apt_install.sh" chromium fonts-noto-core && found; } || {
    echo "The tests need a browser: install Chromium and the Noto fonts (on Debian" \
        "the packages chromium and fonts-noto-core), or set BROWSER_PATH to yours." >&2
    exit 1
}
