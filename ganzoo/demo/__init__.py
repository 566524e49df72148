"""Small models to watch while they train, which teach what the large ones do."""

from ganzoo.demo.convergence import Film, gaussian
from ganzoo.demo.mixtures import Mixture
from ganzoo.demo.point_critics import PointDRAGAN, PointWGANGP
from ganzoo.demo.point_gan import PointGAN

__all__ = ["Film", "Mixture", "PointDRAGAN", "PointGAN", "PointWGANGP", "gaussian"]
