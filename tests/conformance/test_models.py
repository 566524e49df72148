"""Every registered model keeps the laws of `ganzoo.testing`. A new model adds its class.

The slow laws compile steps and exports: they are held against each kind of step and of export, and
not again where a model differs from one above in its networks or its loss alone. Every model is
held to its laws in CI; other networks and labels of a model that is there already are `long`.
"""

import pytest

from ganzoo import list_models, registry
from ganzoo.config.presets import list_presets
from ganzoo.layers import SpectralConv2D, SpectralDense
from ganzoo.testing import ModelLaws, SlowModelLaws


class TestGAN(ModelLaws, SlowModelLaws):
    model = "gan"
    arguments = {
        "image_shape": (4, 6, 1), "latent_dim": 4, "generator_units": 8, "maxout_units": 4,
    }  # fmt: skip


@pytest.mark.long
class TestGANOfSeveralUpdates(ModelLaws, SlowModelLaws):
    model = "gan"
    arguments = TestGAN.arguments | {"discriminator_steps": 2, "minimax": True}


class TestDCGAN(ModelLaws, SlowModelLaws):
    model = "dcgan"
    arguments = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}


class TestWGANGP(ModelLaws, SlowModelLaws):
    model = "wgan_gp"
    arguments = {
        "image_shape": (8, 8, 1), "latent_dim": 4, "networks": "dcgan", "filters": 2,
        "critic_steps": 2,
    }  # fmt: skip
    batch_size = 2


class TestProGAN(ModelLaws, SlowModelLaws):
    model = "progan"
    arguments = {
        "image_shape": (8, 8, 1), "latent_dim": 4, "filters": 4, "base": 16, "stable_images": 4,
        "fade_images": 4, "minibatch_group": 2,
    }  # fmt: skip


@pytest.mark.slow
class TestProGANThatFadesIn(ModelLaws):
    model = "progan"
    arguments = TestProGAN.arguments | {"stable_images": 1, "fade_images": 6}

    def settle(self, model):
        model.images_seen.assign(4.0)  # half way from 4x4 to 8x8


@pytest.mark.slow
class TestStyleGAN(ModelLaws, SlowModelLaws):
    model = "stylegan"
    arguments = {
        "image_shape": (8, 8, 1), "latent_dim": 4, "w_dim": 3, "mapping_layers": 2,
        "filters": 4, "base": 16, "first_side": 4, "stable_images": 4, "fade_images": 4,
        "minibatch_group": 2, "moving_average_half_life": 10.0,
    }  # fmt: skip


@pytest.mark.long
class TestWGANGPOfResNets(ModelLaws):
    model = "wgan_gp"
    arguments = TestWGANGP.arguments | {
        "networks": "resnet", "generator_batches": 2, "dequantize": True,
    }  # fmt: skip
    batch_size = 2


@pytest.mark.long
class TestWGANGPOfGrowingResNets(ModelLaws):
    model = "wgan_gp"
    arguments = TestWGANGP.arguments | {"networks": "resnet_64"}
    batch_size = 2


def converge(model):
    """Iterates the singular vectors of a discriminator until they no longer move."""
    for layer in model.discriminator.layers:
        if isinstance(layer, (SpectralConv2D, SpectralDense)):
            for _ in range(200):
                layer.normalised_kernel(training=True)


@pytest.mark.slow
class TestSNGAN(ModelLaws, SlowModelLaws):
    model = "sngan"
    arguments = {
        "image_shape": (8, 8, 1), "latent_dim": 4, "networks": "convolutional",
        "generator_filters": 2, "discriminator_filters": 2, "discriminator_steps": 2,
    }  # fmt: skip
    batch_size = 2

    def settle(self, model):
        converge(model)


@pytest.mark.long
class TestSNGANOfResNets(ModelLaws):
    model = "sngan"
    arguments = TestSNGAN.arguments | {"networks": "resnet", "discriminator_filters": 6}
    batch_size = 2

    def settle(self, model):
        converge(model)


@pytest.mark.slow
class TestProjectionGAN(ModelLaws, SlowModelLaws):
    model = "projection_gan"
    arguments = {
        "image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4, "generator_filters": 2,
        "discriminator_filters": 6, "discriminator_steps": 2,
    }  # fmt: skip
    batch_size = 2

    def settle(self, model):
        converge(model)


@pytest.mark.slow
class TestLSGAN(ModelLaws):
    model = "lsgan"
    arguments = TestDCGAN.arguments | {"fake_target": -1.0, "generator_target": 0.0}


class TestACGAN(ModelLaws, SlowModelLaws):
    model = "acgan"
    arguments = {
        "image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4, "generator_filters": 2,
        "discriminator_filters": 2,
    }  # fmt: skip


class TestCGAN(ModelLaws, SlowModelLaws):
    model = "cgan"
    arguments = {
        "image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4,
        "generator_units": (3, 5, 8), "maxout_units": (4, 2, 4),
    }  # fmt: skip


@pytest.mark.slow
class TestCDCGAN(ModelLaws, SlowModelLaws):
    model = "cdcgan"
    arguments = {"image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4, "filters": 2}


@pytest.mark.long
class TestCDCGANOfAttributes(ModelLaws, SlowModelLaws):
    model = "cdcgan"
    arguments = TestCDCGAN.arguments | {"attributes": ("red", "round")}


@pytest.mark.slow
class TestDRAGAN(ModelLaws, SlowModelLaws):
    model = "dragan"
    arguments = {"image_shape": (4, 6, 1), "latent_dim": 4, "units": 8}


@pytest.mark.long
class TestDRAGANOfConvolutions(ModelLaws):
    model = "dragan"
    arguments = {"networks": "dcgan", "image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}


@pytest.mark.slow
class TestStyleGAN2(ModelLaws, SlowModelLaws):
    model = "stylegan2"
    # A step of the law computes no, one or both of the penalties.
    arguments = {
        "image_shape": (8, 8, 1), "latent_dim": 4, "w_dim": 3, "mapping_layers": 1,
        "channel_base": 16, "channel_max": 2, "minibatch_group": 2, "r1_every": 2,
        "path_length_every": 2,
    }  # fmt: skip


@pytest.mark.slow
class TestAnimeGAN(ModelLaws, SlowModelLaws):
    model = "anime_gan"
    arguments = {
        "image_shape": (8, 8, 1), "attributes": ("red", "round"), "latent_dim": 4, "filters": 2,
        "blocks": 1, "shuffles": 1, "discriminator_filters": 2,
        "discriminator_blocks": 1,
    }  # fmt: skip


@pytest.mark.long
class TestAnimeGANOfClasses(ModelLaws):
    model = "anime_gan"
    arguments = TestAnimeGAN.arguments | {"attributes": (), "num_classes": 3}


class TestBiGAN(ModelLaws, SlowModelLaws):
    model = "bigan"
    arguments = {"image_shape": (4, 6, 1), "latent_dim": 4, "units": 8}


@pytest.mark.slow
class TestALI(ModelLaws, SlowModelLaws):
    model = "ali"
    arguments = {"image_shape": (28, 28, 1), "latent_dim": 4, "filters": 2}

    @classmethod
    def new_model(cls, **more):
        """With wider weights: N(0, 0.01) is made for wider layers, and vanishes in these."""
        model = super().new_model(**more)
        networks = [*model.generators, *model.generator_averages, *model.discriminators]
        for weight in (w for network in networks for w in network.weights if w.name == "kernel"):
            weight.assign(20.0 * weight)
        return model


@pytest.mark.long
class TestALIOfNormalisedMaps(TestALI):
    model = "ali"
    arguments = TestALI.arguments | {"networks": "svhn"}


@pytest.mark.slow
class TestVAE(TestALI):
    model = "vae"


@pytest.mark.slow
class TestAutoencoder(TestALI):
    model = "autoencoder"


@pytest.mark.slow
class TestCAAE(ModelLaws, SlowModelLaws):
    model = "caae"
    arguments = {
        "image_shape": (8, 8, 1), "num_classes": 6, "genders": 2, "latent_dim": 4, "filters": 4,
        "discriminator_filters": 2,
    }  # fmt: skip


class TestPix2Pix(ModelLaws, SlowModelLaws):
    model = "pix2pix"
    arguments = {
        "image_shape": (8, 16, 3), "input_channels": 1, "filters": 2, "receptive_field": 16,
    }  # fmt: skip


@pytest.mark.long
class TestPix2PixOfLabelMaps(ModelLaws, SlowModelLaws):
    model = "pix2pix"
    arguments = {
        "image_shape": (8, 16, 3), "input_classes": 3, "filters": 2, "receptive_field": 16,
    }  # fmt: skip


class TestCycleGAN(ModelLaws, SlowModelLaws):
    model = "cyclegan"
    arguments = {"image_shape": (24, 28, 1), "filters": 2, "blocks": 1, "pool_size": 5}


BUILT_IN = [n for n in list_models() if registry.model_class(n).__module__.startswith("ganzoo")]


def test_no_model_is_missing_here():
    tested = {one.model for one in globals().values() if isinstance(one, type)
              and issubclass(one, ModelLaws) and one is not ModelLaws}  # fmt: skip
    assert set(BUILT_IN) <= tested


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_model_has_a_sample_preset(name):
    # That each preset builds its model is tested in test_config.py.
    assert f"{name}/sample" in list_presets(name)
