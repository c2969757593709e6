#!/usr/bin/env bash
# Make .venv with the given interpreter, or say in a sentence what is missing.
set -eu
python=$1

stop() {
    echo "$1" >&2
    exit 1
}

other="Install one of them, or name yours: make PYTHON=/path/to/python3 run"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
    stop "geo-astana needs Python 3.11, 3.12 or 3.13; $python does not run here. $other"
case $version in
    3.11 | 3.12 | 3.13) ;;
    *) stop "geo-astana needs Python 3.11, 3.12 or 3.13; $python is $version. $other" ;;
esac

# Debian keeps these two modules in a package of their own.
complete() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }
complete || { scripts/apt_install.sh "python$version-venv" && complete; } ||
    stop "$python cannot make an environment: install the package python$version-venv."
"$python" -m venv --clear .venv
