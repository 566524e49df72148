"""The settings that turn examples into batches."""

from dataclasses import MISSING, dataclass, fields
from typing import Literal

from ganzoo.batch_formats import batch_format, list_batch_formats
from ganzoo.errors import InputError, unknown
from ganzoo.images.label_maps import MAX_CLASSES, parse_color

FITS = ("crop", "pad")


@dataclass(frozen=True, kw_only=True)
class DataSettings:
    """The arguments of `load_dataset` beyond the dataset and the batch format.

    `load_dataset` says what each of them means and what its default is. Here they are required, so
    that none is lost on the way from a config; only those that concern some batch formats, and
    that these declare (`BatchFormat.settings`), may be left out.

    Raises:
        InputError: for a value that no dataset can be read with. What depends on the images
            (`center_crop`, `batch_size`, `split`) is checked where these are opened.

    Example:

    >>> from ganzoo import load_config
    >>> settings = DataSettings(**load_config("dcgan").arguments(DataSettings), shuffle=True)
    >>> settings.image_shape, settings.fit
    ((28, 28, 1), 'pad')
    """

    image_shape: tuple[int, int, int]
    input_channels: int | None = None
    attributes: tuple[str, ...] = ()
    input_classes: int | None = None
    input_colors: tuple[str, ...] = ()
    color_distance: float = 0.0
    batch_size: int
    split: str
    center_crop: int | None
    fit: Literal["crop", "pad"]
    background: str
    jitter: float
    horizontal_flip: bool
    direction: Literal["ab", "ba"] = "ab"
    shuffle: bool | None
    seed: int
    skip_bad_images: bool
    cache: Literal["auto", "none"]
    cache_gib: float
    data_dir: str | None

    def __post_init__(self):
        if self.direction not in ("ab", "ba"):
            raise unknown("direction", self.direction, ("ab", "ba"))
        if self.input_channels is not None and self.input_channels < 1:
            raise InputError(f"input_channels must be at least 1. Received: {self.input_channels}")
        if self.input_classes is not None and not 2 <= self.input_classes <= MAX_CLASSES:
            raise InputError(
                f"input_classes must be in 2 to {MAX_CLASSES}. Received: {self.input_classes}"
            )
        if self.color_distance < 0:
            raise InputError(f"color_distance must be at least 0. Received: {self.color_distance}")
        if not 0 <= self.jitter <= 1:
            raise InputError(f"jitter must be in 0 to 1. Received: {self.jitter}")
        if self.cache not in ("auto", "none"):
            raise unknown("value of cache", self.cache, ("auto", "none"))
        if self.cache_gib < 0:
            raise InputError(f"cache_gib must be at least 0. Received: {self.cache_gib}")
        if self.fit not in FITS:
            raise unknown("value of fit", self.fit, FITS)
        parse_color(self.background)  # raises if it is none
        shape = self.image_shape
        if len(shape) != 3 or min(shape) < 1:
            raise InputError(
                f"image_shape must be (height, width, channels). Received: {tuple(shape)}"
            )

    @property
    def is_shuffled(self) -> bool:
        """Whether each epoch has an order of its own; if not stated, the split's name decides."""
        if self.shuffle is not None:
            return self.shuffle
        return not self.split.startswith(("val", "test"))

    @property
    def cached_size(self) -> tuple[int, int]:
        """The height and width of pictures in the cache: larger by the jitter."""
        height, width = self.image_shape[:2]
        return round((1 + self.jitter) * height), round((1 + self.jitter) * width)

    def check_format(self, name: str) -> None:
        """Raises InputError for settings that concern other batch formats than that of a name."""
        of_format = batch_format(name).settings
        for field in fields(self):
            concerns_some = field.default is not MISSING and field.name not in of_format
            if concerns_some and getattr(self, field.name) != field.default:
                formats = [
                    f for f in list_batch_formats() if field.name in batch_format(f).settings
                ]
                raise InputError(
                    f"{field.name} is for batches of the format {' or '.join(map(repr, formats))}. "
                    f"Received: batch_format={name!r}"
                )
