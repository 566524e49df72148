"""How many steps run as one."""

from ganzoo import DCGAN, GAN, CycleGAN
from ganzoo.training.executions import steps_per_execution


def test_short_steps_run_together_as_many_as_divide_what_else_happens():
    model = GAN(image_shape=(4, 4, 1), latent_dim=2, generator_units=2, maxout_units=2)
    assert steps_per_execution(model, 1, 12, None, 18, 0) == 6
    assert steps_per_execution(model, 1, 12, 18, 7) == 1


def test_long_steps_run_alone():
    assert steps_per_execution(DCGAN(image_shape=(64, 64, 3)), 512, 100, 100) == 1


def test_networks_for_images_of_any_size_are_estimated_at_the_model_s():
    small = CycleGAN(image_shape=(24, 24, 1), filters=1, blocks=1)
    assert steps_per_execution(small, 1, 1000) > 1
    large = CycleGAN(image_shape=(256, 256, 3), filters=64, blocks=1)
    assert steps_per_execution(large, 16, 1000) == 1
