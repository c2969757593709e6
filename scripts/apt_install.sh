#!/usr/bin/env bash
# Install the named Debian packages quietly; fail where that would ask for a password.
set -eu

command -v apt-get >/dev/null || exit 1
if [ "$(id -u)" = 0 ]; then
    as_root=(env)
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n env)
else
    exit 1
fi

echo "Installing $* with apt."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >>"$log" 2>&1; }
# An unreachable list of packages is no harm while the packages themselves are known.
apt update || true
apt install --yes --no-install-recommends "$@" || { cat "$log" >&2; exit 1; }
