"""Images: conversions of their range and channels, picture files, grids and animations."""

from ganzoo.images.animations import (
    ANIMATION_FORMATS,
    captioned,
    check_animation,
    is_animation,
    save_animation,
)
from ganzoo.images.files import (
    PICTURE_FORMATS,
    PictureHeader,
    format_of,
    is_picture,
    read_header,
    read_image,
    save_image,
)
from ganzoo.images.grids import image_grid, square_columns
from ganzoo.images.ranges import (
    from_uint8,
    from_unit,
    mirrored_to_multiple,
    on_background,
    to_uint8,
    to_unit,
    with_channels,
)

__all__ = [
    "ANIMATION_FORMATS",
    "PICTURE_FORMATS",
    "PictureHeader",
    "captioned",
    "check_animation",
    "format_of",
    "from_uint8",
    "from_unit",
    "image_grid",
    "is_animation",
    "is_picture",
    "mirrored_to_multiple",
    "on_background",
    "read_header",
    "read_image",
    "save_animation",
    "save_image",
    "square_columns",
    "to_uint8",
    "to_unit",
    "with_channels",
]
