"""The models, one file per paper. Importing this package registers their classes with Keras."""

from ganzoo.models.base import GANModel
from ganzoo.models.dcgan import DCGAN

__all__ = ["DCGAN", "GANModel"]
