"""The script by which other pages hold and drive the view, as they load it."""

import re

from geo_astana import files

FOLDER = "host"
SCRIPT = "embed.js"
MODULE = "embed.mjs"
# Lines that are for its makers alone; the first line stays.
_COMMENT = re.compile(rb"^ +(//|/\*|\*).*\n", re.MULTILINE)
# Where a module was loaded from is known by no other means.
_EXPORTS = """
const api = globalThis.geoAstanaEmbed;
api.home = new URL(".", import.meta.url).href;
export const { connect, create, bind } = api;
export default api;
"""


def scripts() -> dict[str, bytes]:
    """The script for a page, and the same as a module, by name."""
    text = (files.assets_folder() / FOLDER / SCRIPT).read_bytes()
    script = _COMMENT.sub(b"", text)
    return {SCRIPT: script, MODULE: script + _EXPORTS.encode()}
