"""The four shapes that an element of a dataset can have, and the check that it has the right one.

All images are float32 in [-1, 1], `(batch, height, width, channels)`; labels are int32 `(batch,)`.
"""

from ganzoo.errors import InputError

BATCH_FORMATS = {
    "images": ("images",),
    "labelled": ("images", "labels"),
    "paired": ("inputs", "targets"),
    "unpaired": ("images_a", "images_b"),
}
_RANKS = {"labels": 1}  # everything else is a batch of images, of rank 4


def unpack(batch_format: str, data):
    """Returns the tensors of a batch: one tensor for `images`, otherwise a tuple of two.

    Args:
        batch_format: a key of `BATCH_FORMATS`.
        data: what `fit` hands to `train_step`: a tensor, or a tuple of tensors.

    Raises:
        InputError: if the number of tensors or the rank of one is not the format's.
    """
    names = BATCH_FORMATS[batch_format]
    parts = tuple(data) if isinstance(data, (tuple, list)) else (data,)
    ranks = tuple(getattr(getattr(part, "shape", None), "rank", None) for part in parts)
    expected = tuple(_RANKS.get(name, 4) for name in names)
    if len(parts) != len(names) or any(
        rank is not None and rank != right for rank, right in zip(ranks, expected, strict=False)
    ):
        shapes = ", ".join(str(getattr(part, "shape", type(part).__name__)) for part in parts)
        raise InputError(
            f"A batch of format {batch_format!r} is ({', '.join(names)}) with "
            f"{' and '.join(map(str, expected))} dimensions. Received: {len(parts)} with "
            f"shapes {shapes}"
        )
    return parts[0] if len(parts) == 1 else parts
