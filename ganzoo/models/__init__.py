"""The models, one file per paper. Importing this package registers their classes with Keras."""

from ganzoo.models.base import GANModel
from ganzoo.models.cgan import CGAN
from ganzoo.models.cyclegan import CycleGAN
from ganzoo.models.dcgan import DCGAN
from ganzoo.models.gan import GAN
from ganzoo.models.pix2pix import Pix2Pix

__all__ = ["CGAN", "DCGAN", "GAN", "CycleGAN", "GANModel", "Pix2Pix"]
