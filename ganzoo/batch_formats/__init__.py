"""What is in a batch: formats as declarations of parts, each part with its kind.

`formats` has the declarations and the registry. A kind says how its part is checked, resized,
cropped and drawn at random: `kinds` has the base class, and every kind is a file.
"""

from ganzoo.batch_formats.attributes import Attributes
from ganzoo.batch_formats.batches import check_values, split, unpack
from ganzoo.batch_formats.formats import (
    BatchFormat,
    Part,
    batch_format,
    list_batch_formats,
    register_batch_format,
)
from ganzoo.batch_formats.images import Images, Picture
from ganzoo.batch_formats.kinds import Kind
from ganzoo.batch_formats.label_maps import LabelMaps
from ganzoo.batch_formats.labels import Labels

__all__ = [
    "Attributes",
    "BatchFormat",
    "Images",
    "Kind",
    "LabelMaps",
    "Labels",
    "Part",
    "Picture",
    "batch_format",
    "check_values",
    "list_batch_formats",
    "register_batch_format",
    "split",
    "unpack",
]
