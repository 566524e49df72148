"""The networks of official PyTorch code: which tensor of theirs is which weight of ours.

A file for each model here. PyTorch's kernels are `(out, in, height, width)`, of transposed
convolutions `(in, out, height, width)`; both become Keras's by the same exchange of axes.
"""

from ganzoo.weights.layouts import cyclegan, dcgan, pix2pix
from ganzoo.weights.layouts.layout import Layout, NetworkWeights, NoFit

LAYOUTS = (*cyclegan.LAYOUTS, *pix2pix.LAYOUTS, *dcgan.LAYOUTS)

__all__ = ["LAYOUTS", "Layout", "NetworkWeights", "NoFit"]
