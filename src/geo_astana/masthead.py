"""What stands at the head and the foot of every page, served or in a file."""

import urllib.parse

from geo_astana import theme

MOTTO = "Syria’s ceasefire talks, day by day"
TITLE = f"geo-astana: {MOTTO}"
LIMITS = (
    "Outlines are schematic; the shaded edge is the expected error, 2 to 5 km. "
    "Boundaries imply no endorsement; the Golan and Crimea are drawn as disputed."
)
CREDIT = "Basemap: Natural Earth · Places: GeoNames, CC BY 4.0"


def icon() -> str:
    """A round mark as the page's icon, inside the page: no request for it."""
    colour = theme.COLOURS["light"]["fill-astana"]
    drawing = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
        f"<circle cx='8' cy='8' r='7' fill='{colour}'/></svg>"
    )
    return "data:image/svg+xml," + urllib.parse.quote(drawing)
