"""The models, one file per paper. Importing this package registers their classes with Keras."""

from ganzoo.models.acgan import ACGAN
from ganzoo.models.ali import ALI
from ganzoo.models.anime_gan import AnimeGAN
from ganzoo.models.autoencoder import Autoencoder
from ganzoo.models.base import GANModel
from ganzoo.models.bigan import BiGAN
from ganzoo.models.caae import CAAE
from ganzoo.models.cdcgan import CDCGAN
from ganzoo.models.cgan import CGAN
from ganzoo.models.conditional import ConditionalModel
from ganzoo.models.cyclegan import CycleGAN
from ganzoo.models.dcgan import DCGAN
from ganzoo.models.dragan import DRAGAN
from ganzoo.models.gan import GAN
from ganzoo.models.growing import GrowingModel
from ganzoo.models.latent import LatentModel
from ganzoo.models.lsgan import LSGAN
from ganzoo.models.pix2pix import Pix2Pix
from ganzoo.models.progan import ProGAN
from ganzoo.models.projection_gan import ProjectionGAN
from ganzoo.models.sngan import SNGAN
from ganzoo.models.stylegan import StyleGAN
from ganzoo.models.stylegan2 import StyleGAN2
from ganzoo.models.vae import VAE
from ganzoo.models.wgan_gp import WGANGP

__all__ = [
    "ACGAN",
    "ALI",
    "CAAE",
    "CDCGAN",
    "CGAN",
    "DCGAN",
    "DRAGAN",
    "GAN",
    "LSGAN",
    "SNGAN",
    "VAE",
    "WGANGP",
    "AnimeGAN",
    "Autoencoder",
    "BiGAN",
    "ConditionalModel",
    "CycleGAN",
    "GANModel",
    "GrowingModel",
    "LatentModel",
    "Pix2Pix",
    "ProGAN",
    "ProjectionGAN",
    "StyleGAN",
    "StyleGAN2",
]
