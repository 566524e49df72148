"""A look at the levels of pictures, for what is read otherwise than it was meant."""

import logging

from ganzoo.batch_formats import Images
from ganzoo.data.domains import Domain

logger = logging.getLogger(__name__)
LOOKED_AT = 64  # pictures


def warn_of_levels(domain: Domain) -> None:
    """Warns of images whose levels are all in a range that pictures seldom stay in.

    Masks of 0 and 1, 12 bits of a camera in files of 16, and floats from 0 to 1 are no error: they
    are pictures, and are read as what they say. But a model would be trained on black, or on grey.
    """
    parts = domain.evenly_spaced(LOOKED_AT)
    for name, kind in domain.kinds.items():
        if not isinstance(kind, Images):
            continue
        lowest, highest = int(parts[name].min()), int(parts[name].max())
        if lowest == highest:
            hint = "they are all of one grey"
        elif highest <= 1:
            hint = "masks of 0 and 1 are to be written as 0 and 255, or taken as label maps"
        elif highest <= 16:
            hint = "12 bits in files of 16 are to be multiplied by 16"
        elif lowest >= 127:
            hint = "floats from 0 to 1 are to be given as 2 x - 1"
        else:
            continue
        logger.warning(
            "The %s of %r have levels from %d to %d, of 0 to 255, in all that were looked at; %s",
            name, domain.examples.name, lowest, highest, hint,
        )  # fmt: skip
