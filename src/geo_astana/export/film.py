"""Films: which days are shown for how long, and the pictures as MP4, WebM or GIF."""

import contextlib
import errno
import io
import itertools
import math
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Literal, cast, get_args

import imageio_ffmpeg
from PIL import Image

from geo_astana import errors, selection, theme
from geo_astana.dataset import Dataset
from geo_astana.export import imprint, output
from geo_astana.export.evidence import Evidence
from geo_astana.selection import Selection

Step = Literal["day", "week", "change"]
STEPS: tuple[Step, ...] = get_args(Step)
Form = Literal["mp4", "webm", "gif"]
FORMS: tuple[Form, ...] = get_args(Form)
# Days from one picture to the next; between changes alone there are none.
STRIDE = {"day": 1, "week": 7}
# How long a change is held, and how fast the days between fly by.
PER_CHANGE_S = 1.0
DAYS_PER_S = 15.0
# A date and a few words are read in half a second; ten minutes are a mistake.
LEAST_S, MOST_S = 0.5, 600.0
# Words on a screen are read at the pace of subtitles, after a look at what they are on.
LETTERS_PER_S, LOOK_S = 15.0, 1.0
FPS = 30
MOST_FPS = 60
# More pictures than these take minutes: ask before they are drawn.
MANY = 1000
# A GIF is worked out as a whole: so many pixels of all its pictures fit into memory.
GIF_PIXELS = 200_000_000
# Screens have no more, and players decode no more.
MOST_PX = 4096
# How often a film that is being finished looks whether it was cancelled.
_HEAR_S = 0.1
# How long ffmpeg has to end after it stopped listening.
_GRACE_S = 5.0
# How ffmpeg says that there is no room.
_FULL = tuple(map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)))
# How a system ends a program whose file grows too large, where it has such limits.
_TOO_LARGE = getattr(signal, "SIGXFSZ", None)

# A video has even sides: of an odd one the last row or column of paper goes.
_EVEN = "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0:exact=1"
_TO_VIDEO = (
    "scale=out_color_matrix=bt709:out_range=tv"
    ":flags=accurate_rnd+full_chroma_int+bicubic,format=yuv420p,"
    # Else a player would guess, and paper turn pink or green.
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
)
# Nearly all of the time nothing moves, so the fast encoders do well.
_ENCODED: dict[Form, tuple[str, ...]] = {
    "mp4": (
        *("-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage"),
        *("-crf", "18", "-movflags", "+faststart", "-f", "mp4"),
    ),
    "webm": (
        *("-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-row-mt", "1"),
        *("-deadline", "realtime", "-cpu-used", "7", "-f", "webm"),
    ),
    "gif": ("-loop", "0", "-f", "gif"),
}
# A picture that is repeated is held instead; one palette serves them all.
_TO_GIF = (
    "format=gbrp,mpdecimate=max=0:hi=0:lo=0:frac=0,split[a][b];"
    "[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=none:diff_mode=rectangle"
)


@dataclass(frozen=True, slots=True)
class Shot:
    """A day and how many seconds it is held."""

    day: date
    seconds: float


def plan(  # noqa: PLR0913 - a range, what changes in it, and how fast
    record: Dataset,
    first: date,
    last: date,
    step: Step = "change",
    chosen: Selection = selection.EVERYTHING,
    *,
    per_change_s: float = PER_CHANGE_S,
    days_per_s: float = DAYS_PER_S,
) -> list[Shot]:
    """The days of a film from `first` to `last`, both inclusive.

    Every change that the selection keeps is shown and held, whatever the step; the
    other days or weeks fly by. The first day opens the film, changed or not. Raises
    ExportError for days in the wrong order and for a speed that nobody can follow.
    """
    if first > last:
        raise errors.ExportError(
            f"The film would end before it begins: {first} is after {last}"
        )
    if not LEAST_S <= per_change_s <= MOST_S:
        raise errors.ExportError(
            f"A change cannot be held for {per_change_s:g} seconds; "
            f"choose from {LEAST_S:g}, to be read, to {MOST_S:g}"
        )
    if not 0 < days_per_s <= MOST_FPS:
        raise errors.ExportError(
            f"{days_per_s:g} days a second cannot be shown; choose up to {MOST_FPS}"
        )
    changed = {change.day for change in selection.changes(record, chosen)}
    days = {first} | {day for day in changed if first <= day <= last}
    if stride := STRIDE.get(step):
        span = range(0, (last - first).days + 1, stride)
        days |= {first + timedelta(days=day) for day in span}
    ordered = sorted(days)
    following = [*ordered[1:], ordered[-1] + timedelta(days=1)]
    return [
        Shot(
            day,
            per_change_s
            if day in changed or step == "change"
            else (after - day).days / days_per_s,
        )
        for day, after in zip(ordered, following, strict=True)
    ]


def reading_s(words: str) -> float:
    """How many seconds it takes to look at a picture and to read so many words."""
    return LOOK_S + len(words) / LETTERS_PER_S


def pictures(shots: Sequence[Shot]) -> int:
    """How many pictures a film needs; above MANY, ask before they are drawn."""
    return len({shot.day for shot in shots})


def seconds(shots: Sequence[Shot]) -> float:
    """How long a film lasts."""
    return math.fsum(shot.seconds for shot in shots)


def write(  # noqa: PLR0913 - what is shown, in which form, and who is told
    path: Path,
    shots: Sequence[Shot],
    drawn: Iterable[bytes],
    said: Evidence,
    *,
    size: tuple[int, int],
    form: Form = "mp4",
    fps: int = FPS,
    overwrite: bool = False,
    progress: Callable[[int, int], None] = lambda *_: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write the pictures, one PNG a shot in their order, as a film with its evidence.

    `size` is width and height of the pictures in pixels; a video gets one pixel more
    where it needs an even number. `progress` hears how many pictures of how many are
    in. Raises ExportError for a cancelled job, for a picture that is none or of another
    size, and for whatever stops ffmpeg; then there is no file and nothing runs on.
    """
    _check(shots, size, form, fps)
    held = frames(shots, fps)
    unit = math.gcd(*held)
    with (
        output.claimed(path, overwrite=overwrite) as temporary,
        tempfile.TemporaryDirectory(prefix="geo-astana-") as folder,
    ):
        tags = Path(folder) / "tags.txt"
        tags.write_text(imprint.film_metadata(said), "utf-8")
        command = [
            *("-y", "-hide_banner", "-nostdin", "-loglevel", "error"),
            *("-f", "rawvideo", "-pix_fmt", "rgb24"),
            *("-video_size", f"{size[0]}x{size[1]}", "-framerate", f"{fps}/{unit}"),
            *("-i", "pipe:0", "-f", "ffmetadata", "-i", str(tags)),
            *("-map", "0:v", "-map_metadata", "1"),
            *_encoder(form, held, fps),
            str(temporary),
        ]
        with _running(path, command, cancelled) as pipe:
            pairs = zip(drawn, held, strict=True)
            for number, (png, count) in enumerate(pairs, 1):
                if cancelled():
                    raise _cancelled(path)
                frame = _frame(png, size)
                for _ in range(count // unit):
                    pipe.write(frame)
                progress(number, len(held))
        if form == "gif":
            temporary.write_bytes(imprint.into_gif(temporary.read_bytes(), said))


def _check(shots: Sequence[Shot], size: tuple[int, int], form: Form, fps: int) -> None:
    """Raises ExportError for what no film can be made of."""
    if form not in FORMS:
        raise errors.ExportError(
            f"There is no film of the kind “{form}”; there are {', '.join(FORMS)}"
        )
    if not shots:
        raise errors.ExportError("The film has no pictures; choose more days")
    if not 1 <= fps <= MOST_FPS:
        raise errors.ExportError(
            f"{fps} frames a second are not made; choose from 1 to {MOST_FPS}"
        )
    if not all(1 < side <= MOST_PX for side in size):
        raise errors.ExportError(
            f"A film of {size[0]} × {size[1]} pixels is not made; each side has at "
            f"most {MOST_PX}"
        )
    if form == "gif" and len(shots) * size[0] * size[1] > GIF_PIXELS:
        most = GIF_PIXELS // (size[0] * size[1])
        raise errors.ExportError(
            f"A GIF of {len(shots)} pictures of {size[0]} × {size[1]} pixels is too "
            f"large; take at most {most} of this size, smaller ones, or MP4"
        )


def frames(shots: Sequence[Shot], fps: int) -> list[int]:
    """How many frames each shot has, at least one; the whole never drifts off."""
    ends = itertools.accumulate(shot.seconds * fps for shot in shots)
    counts, before = [], 0
    for end in ends:
        after = max(before + 1, round(end))
        counts.append(after - before)
        before = after
    return counts


def _start(command: Sequence[str], heard: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        program = str(imageio_ffmpeg.get_ffmpeg_exe())
        return subprocess.Popen(  # noqa: S603 - our own arguments and no shell
            (program, *command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=heard,
        )
    except (RuntimeError, OSError):
        raise errors.ExportError(
            "There is no ffmpeg to make films with; install ffmpeg or reinstall "
            "imageio-ffmpeg"
        ) from None


def _encoder(form: Form, held: Sequence[int], fps: int) -> tuple[str, ...]:
    """Filters and encoder: each picture is converted once and repeated after that."""
    if form == "gif":
        last = round(100 * held[-1] / fps)
        return ("-vf", _TO_GIF, "-final_delay", str(last), *_ENCODED[form])
    return ("-vf", f"{_EVEN},{_TO_VIDEO},fps={fps}", *_ENCODED[form])


def _frame(png: bytes, size: tuple[int, int]) -> bytes:
    """A picture as rows of red, green and blue; what is transparent becomes paper."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            found = image.size
            if found == size:
                drawn = image.convert("RGBA")
                paper = Image.new("RGBA", size, theme.COLOURS["light"]["paper"])
                return Image.alpha_composite(paper, drawn).convert("RGB").tobytes()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise errors.ExportError("A picture of the film is no whole PNG") from error
    raise errors.ExportError(
        f"A picture of the film has {found[0]} × {found[1]} pixels instead of "
        f"{size[0]} × {size[1]}"
    )


@contextlib.contextmanager
def _running(
    path: Path, command: Sequence[str], cancelled: Callable[[], bool]
) -> Iterator[IO[bytes]]:
    """The pipe to ffmpeg, which has ended well when the block has, or is ended."""
    with tempfile.TemporaryFile() as heard, _start(command, heard) as process:
        pipe = cast("IO[bytes]", process.stdin)
        try:
            yield pipe
            pipe.close()
            while process.poll() is None:
                if cancelled():
                    raise _cancelled(path)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_HEAR_S)
        except BrokenPipeError as error:
            # It listens no more, so it is about to end and to say why.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE_S)
            raise _failed(path, process.poll(), heard) from error
        finally:
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        if process.returncode:
            raise _failed(path, process.returncode, heard)


def _cancelled(path: Path) -> errors.ExportError:
    return errors.ExportError(f"The film “{path.name}” was cancelled; nothing was kept")


def _failed(path: Path, code: int | None, heard: IO[bytes]) -> errors.ExportError:
    heard.seek(0)
    told = heard.read().decode("utf-8", "replace").strip()
    if any(words in told for words in _FULL) or (code and -code == _TOO_LARGE):
        return errors.ExportError(output.disk_full(path))
    reason = f"ended by signal {-code}" if code and code < 0 else "stopped"
    last = told.splitlines()[-1] if told else "without a word"
    return errors.ExportError(
        f"The film “{path.name}” could not be finished, nothing was kept: ffmpeg was "
        f"{reason} ({last})"
    )
