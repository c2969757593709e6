"""What is copied to show the view elsewhere: a frame of it, or a link.

A line is a text with the names of its parts in braces; assets/embedder.js fills it with
what is chosen in the panel, `oembed` with what is asked for.
"""

import html
import itertools
from dataclasses import dataclass

LEAST_PX, USUAL_PX, MOST_PX = 280, 600, 1200
WIDTHS = (LEAST_PX, USUAL_PX, MOST_PX)
# What another site loads to drive a frame, below the address of the page.
SCRIPT = "embed.js"
# The heights in which a frame of a kind has its room, by its width, measured in
# Chromium: between two of these it grows evenly. What is longer scrolls.
HEIGHTS: dict[str, tuple[tuple[int, int], ...]] = {
    "slide": (
        (280, 635), (459, 845), (460, 827), (559, 972), (560, 479), (759, 571),
        (760, 587), (1200, 758),
    ),
    "map": (
        (280, 641), (459, 805), (460, 796), (559, 931), (560, 368), (759, 460),
        (760, 539), (1200, 710),
    ),
    "syria": ((280, 319), (360, 429), (559, 583), (1200, 1075)),
    "timeline": ((280, 420), (1200, 420)),
    "card": ((280, 640), (1200, 640)),
    "full": ((280, 800), (999, 800), (1000, 701), (1200, 701)),
}  # fmt: skip
# A frame as wide as its column is as high as one of so many pixels.
COLUMN_PX = 760
SIZED = 'width="{width}" height="{height}" style="border:0;max-width:100%"'
COLUMN = 'height="{height}" style="border:0;width:100%"'
# Whoever shows the frame is nobody's business, the server's neither.
_USUAL = 'loading="lazy" referrerpolicy="no-referrer"'
FRAME = f'<iframe src="{{src}}" title="{{title}}" {{size}} {_USUAL}></iframe>'
# The same, as high as it needs to be in its column.
_NAMED = '<iframe id="{name}" src="{src}" title="{title}"'
_OWN = f"{_NAMED} {COLUMN} {_USUAL}></iframe>"
GROWING = f"""{_OWN}
<script src="{{script}}"></script>
<script>
geoAstanaEmbed.connect(document.getElementById("{{name}}"), {{ autoHeight: true }})"""


@dataclass(frozen=True, slots=True)
class Line:
    """What is pasted into one kind of place, and how; `marked` if it is HTML.

    Its parts: `src` the frame, `page` a link that sites make a frame of, `link` the
    whole dashboard at the view, `title`, `size` SIZED or COLUMN, `script` the address
    of embed.js, `name` an id, `date` the day of the frame.
    """

    key: str
    name: str
    told: str
    text: str
    marked: bool = True


LINES = (
    Line("html", "HTML", "Paste it where the map is to stand.", FRAME),
    Line(
        "grows",
        "HTML, own height",
        "As wide as its column, and as high as it needs to be: a script of this server "
        "sees to that.",
        f"{GROWING};\n</script>",
    ),
    Line(
        "driven",
        "HTML, driven",
        "The page around it drives the map: here it sets the day.",
        f'{GROWING}.then((map) => map.setDate("{{date}}"));\n</script>',
    ),
    Line(
        "markdown",
        "Markdown",
        "With an empty line before and after it. GitHub shows no frames.",
        FRAME,
    ),
    Line("quarto", "Quarto", "A block of its own.", f"```{{=html}}\n{FRAME}\n```"),
    Line(
        "reveal",
        "reveal.js",
        "A slide that loads when it is near.",
        '<section>\n<iframe data-src="{src}" title="{title}" {size}></iframe>\n'
        "</section>",
    ),
    Line(
        "background",
        "reveal.js, full",
        "A slide that is all map.",
        '<section data-background-iframe="{src}" data-background-interactive>'
        "</section>",
    ),
    Line(
        "wordpress",
        "WordPress",
        "On a line of its own: WordPress makes a frame of it (oEmbed).",
        "{page}",
        marked=False,
    ),
    Line(
        "notion",
        "Notion",
        "Type /embed and paste the link.",
        "{src}",
        marked=False,
    ),
    Line(
        "powerpoint",
        "PowerPoint",
        "For an add-in that shows web pages, such as Web Viewer; it needs a network. "
        "Slides that need none are under Export, Deck.",
        "{src}",
        marked=False,
    ),
    Line(
        "link",
        "Link",
        "For mail and messages: they show a picture of this view.",
        "{link}",
        marked=False,
    ),
)


def height(kind: str, width: int) -> int:
    """The height in pixels in which a frame of a kind and a width has its room."""
    points = HEIGHTS[kind]
    if width <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in itertools.pairwise(points):
        if width <= right:
            return round(low + (high - low) * (width - left) / (right - left))
    return points[-1][1]


def frame(src: str, title: str, width: int, high: int) -> str:
    """A frame as HTML."""
    return FRAME.format(
        src=html.escape(src),
        title=html.escape(title),
        size=SIZED.format(width=width, height=high),
    )
