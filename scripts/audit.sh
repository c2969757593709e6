#!/usr/bin/env bash
# Hold what the container installs against the known vulnerabilities: `make audit`.
# Needs the network; a package that the index knows nothing of fails the audit as well.
set -eu
export PIP_DISABLE_PIP_VERSION_CHECK=1

tools=build/audit
run=build/run
[ -x "$tools/bin/pip-audit" ] || {
    python3 -m venv --clear "$tools"
    "$tools/bin/pip" install --quiet pip-audit==2.10.1
}
[ "$run/done" -nt constraints.txt ] && [ "$run/done" -nt pyproject.toml ] || {
    rm -rf "$run"
    scripts/container.sh install "$run"
    touch "$run/done"
}
"$tools/bin/pip" freeze --path "$(echo "$run"/lib/python3*/site-packages)" |
    grep -v '^geo-astana ' >"$run/pins.txt"
"$tools/bin/pip-audit" --strict --no-deps --disable-pip --requirement "$run/pins.txt"
