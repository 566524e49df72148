"""Datasets that TensorFlow Datasets does not have; importing this makes them known to it."""

from ganzoo.data.tfds.builders.pix2pix import Pix2pix

__all__ = ["Pix2pix"]
