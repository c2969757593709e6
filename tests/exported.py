"""Small files with evidence, as the exports make them, and the worst of texts."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pptx
import pypdf
from PIL import Image

from geo_astana.export import imprint
from geo_astana.export.evidence import Evidence

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0"/></svg>'
NASTY = Evidence(
    title="</script></title>\x00 ]]> \"'&amp; #=;\\",
    date="2017-12-21/2018-02-20",
    selection="الأستانة · Нур-Султан",
    version="0.1.0",
    link="https://example.org/?a=1&b=2#c;d=\\",
    alt="two\nlines\r\n\u2028 and \ufeff 𝔘 \x1b[31m 😀 ",
    sources=("“A”, B. https://example.org/?x=1&y=2", "x" * 300, ""),
    licence="CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)",
    credit="geo-astana; <others>",
    software="geo-astana 0.1.0",
)


def png() -> bytes:
    image, stream = Image.effect_noise((40, 30), 80), io.BytesIO()
    image.save(stream, "png")
    return stream.getvalue()


def gif(frames: int = 3) -> bytes:
    """A film that loops, each frame another colour."""
    images = [Image.new("RGB", (8, 8), (40 * n, 0, 0)) for n in range(frames)]
    stream = io.BytesIO()
    images[0].save(stream, "gif", save_all=True, append_images=images[1:], loop=0)
    return stream.getvalue()


def pdf() -> bytes:
    writer, stream = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(stream)
    return stream.getvalue()


def deck(said: Evidence) -> bytes:
    made, stream = pptx.Presentation(), io.BytesIO()
    imprint.into_deck(made, said)
    made.save(stream)
    return stream.getvalue()


def page(said: Evidence) -> bytes:
    head = imprint.html_head(said)
    return (f"<!DOCTYPE html>\n<html><head>{head}</head><body></body></html>").encode()


def film(ending: str, codec: str, folder: Path, said: Evidence) -> Path:
    tags, path = folder / "tags.txt", folder / f"film.{ending}"
    tags.write_text(imprint.film_metadata(said), "utf-8")
    drawn = "-y -v error -f lavfi -i color=size=32x32:duration=0.2 -f ffmetadata -i"
    tagged = f"-map 0 -map_metadata 1 -c:v {codec}"
    command = [*drawn.split(), str(tags), *tagged.split(), str(path)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *command], check=True)
    return path


WRITERS: dict[str, Callable[[Evidence], bytes]] = {
    "PNG": lambda said: imprint.into_png(png(), said),
    "GIF": lambda said: imprint.into_gif(gif(), said),
    "SVG": lambda said: imprint.into_svg(SVG, said).encode(),
    "page": page,
}
SLOW: dict[str, Callable[[Evidence], bytes]] = {
    "PDF": lambda said: imprint.into_pdf(pdf(), said),
    "deck": deck,
}
