"""Moving pictures: GIF files by Pillow, and MP4 files where `imageio-ffmpeg` is installed."""

import contextlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.saving.files import path_of, written_atomically

ANIMATION_FORMATS = (".gif", ".mp4")
# A GIF counts in hundredths of a second, and browsers slow down what shows a frame for only one.
MAXIMUM_FPS = 50


def is_animation(path: str | os.PathLike) -> bool:
    """Whether a file has the suffix of an animation that `save_animation` writes."""
    return Path(path).suffix.lower() in ANIMATION_FORMATS


def check_animation(path: str | os.PathLike, fps: float) -> None:
    """Raises the errors of `save_animation` that need no frames, before these are made.

    Raises:
        InputError: for another suffix, or an `fps` out of range.
        ResourceError: for an MP4 file without `imageio-ffmpeg`.
    """
    if not is_animation(path):
        raise unknown("format of an animation", Path(path).suffix.lower(), ANIMATION_FORMATS)
    if not 1 <= fps <= MAXIMUM_FPS:
        raise InputError(f"Frames a second must be in 1 to {MAXIMUM_FPS}. Received: {fps}")
    if _is_mp4(path) and importlib.util.find_spec("imageio_ffmpeg") is None:
        raise ResourceError(
            "MP4 needs another package: pip install 'keras-ganzoo[video]', or write a .gif. "
            f"Received: {str(path)!r}"
        )


def save_animation(
    path: str | os.PathLike, frames: Sequence[np.ndarray], fps: float = 10.0, hold: float = 0.0
) -> None:
    """Writes frames as a GIF that repeats for ever, or as an MP4.

    The file appears complete or not at all; folders on the way are made. A frame of a GIF has 256
    colours, and is shown for a multiple of 0.01 s. An MP4 has even sides: a row or a column of
    black is added where one is odd.

    Args:
        path: ends in `.gif` or `.mp4`.
        frames: uint8 images `(height, width, 1 or 3)`, at least one, all of one size.
        fps: frames a second, 1 to 50.
        hold: seconds that the last frame is shown longer.

    Raises:
        InputError, ResourceError: as of `check_animation`, and where it cannot be written.
    """
    check_animation(path, fps)
    path = path_of(path)
    frames = [frame.repeat(3, axis=-1) if frame.shape[-1] == 1 else frame for frame in frames]
    with written_atomically(path, keep_suffix=True) as temporary:
        (_write_mp4 if _is_mp4(path) else _write_gif)(temporary, frames, fps, hold)


def captioned(image: np.ndarray, text: str) -> np.ndarray:
    """Returns a uint8 image with a line of text in white on a band of black above it."""
    height, width = image.shape[:2]
    picture = Image.new("RGB", (width, height + 20))
    picture.paste(Image.fromarray(np.broadcast_to(image, (height, width, 3))), (0, 20))
    font = ImageFont.load_default(13)
    ImageDraw.Draw(picture).text((4, 2), text, "white", font)
    return np.asarray(picture)


def _is_mp4(path):
    return Path(path).suffix.lower() == ".mp4"


def _write_gif(path, frames, fps, hold):
    milliseconds = [10 * round(100 / fps)] * len(frames)
    milliseconds[-1] += round(1000 * hold)
    first, *others = [Image.fromarray(frame) for frame in frames]
    first.save(path, save_all=True, append_images=others, duration=milliseconds, loop=0)


def _write_mp4(path, frames, fps, hold):
    from imageio_ffmpeg import write_frames

    height, width, _ = frames[0].shape
    odd = (0, height % 2), (0, width % 2), (0, 0)
    size = width + width % 2, height + height % 2
    film = write_frames(str(path), size, fps=fps, macro_block_size=2, ffmpeg_log_level="error")
    with contextlib.closing(film):
        film.send(None)  # starts ffmpeg
        for frame in [*frames, *[frames[-1]] * round(hold * fps)]:
            film.send(np.ascontiguousarray(np.pad(frame, odd)))
