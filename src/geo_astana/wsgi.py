"""The application for a server of several processes.

gunicorn -c python:geo_astana.gunicorn "geo_astana.wsgi:application()"
"""

import logging
import os
import sys
from pathlib import Path

from werkzeug.middleware.proxy_fix import ProxyFix

from geo_astana import dataset, errors, journal, metrics, settings
from geo_astana.journal import Application
from geo_astana.relay import Relay
from geo_astana.settings import Settings

DATA = "GEO_ASTANA_DATA"
# By which gunicorn knows that no other start would go better.
NO_START = 3
# So many lines of a fault stand in the log.
LINES_TOLD = 20
_log = logging.getLogger("geo_astana")


def assemble(folder: Path | None, obeyed: Settings) -> Application:
    """All that stands between a server and the application, around it.

    The package's own data is served without a folder. Raises DataError for a folder
    with faults, SettingsError where the settings want what is not installed.
    """
    listeners = (journal.write, *metrics.listeners(obeyed))
    relay = Relay(folder or dataset.default_folder(), obeyed)
    count = obeyed.proxies
    proxied = ProxyFix(relay, x_for=count, x_proto=count, x_host=count)
    return journal.Journal(proxied, *listeners)


def application() -> Application:
    """The application as the environment describes it, with its log.

    Ends the process with a sentence in the log where that cannot be.
    """
    journal.configure()
    folder = os.environ.get(DATA)
    try:
        return assemble(Path(folder) if folder else None, settings.read())
    except errors.GeoAstanaError as error:
        said = str(error)
        lines = said.splitlines()
        if len(lines) > LINES_TOLD:
            more = (
                f"and {len(lines) - LINES_TOLD:,} more: `geo-astana check` lists them"
            )
            said = "\n".join([*lines[:LINES_TOLD], more])
        _log.critical("%s", said)
        sys.exit(NO_START)
