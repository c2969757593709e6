#!/usr/bin/env bash
# The steps of the Dockerfile, which the tests run as well. From the project's folder:
#
#   scripts/container.sh system             what Debian has to bring: browser and fonts
#   scripts/container.sh install FOLDER     a new environment with all of geo-astana
#   scripts/container.sh package DIR PYTHON only our own wheel, into DIR, by an
#                                           environment that has the rest
#   scripts/container.sh serve              the server, as the environment describes it
set -eu

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# The wheel of this source, in the folder named; the source itself is not written to.
wheel() {
    "$2" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$1" .
}

system() {
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
        chromium fonts-noto-core
    rm -rf /var/lib/apt/lists/*
    useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin geo-astana
}

install() {
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --constraint constraints.txt hatchling
    wheels=$(mktemp -d)
    wheel "$wheels" "$1/bin/python"
    "$1/bin/pip" install --quiet --constraint constraints.txt \
        "$(echo "$wheels"/*.whl)[workers,metrics]"
    "$1/bin/pip" uninstall --quiet --yes hatchling pip
    rm -rf "$wheels"
}

package() {
    wheels=$(mktemp -d)
    wheel "$wheels" "$2"
    "$2" -m pip install --quiet --no-deps --no-compile --target "$1" "$wheels"/*.whl
    rm -rf "$wheels"
}

serve() {
    exec python3 -m gunicorn -c python:geo_astana.gunicorn "geo_astana.wsgi:application()"
}

"$@"
