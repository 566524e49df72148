"""Laws of samples: grids, moving averages, latents of seeds, truncation."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.models import LatentModel
from ganzoo.randomness.priors import LatentSpace
from ganzoo.serving import live_endpoints
from ganzoo.testing.model_under_test import ModelUnderTest


class SamplingLaws(ModelUnderTest):
    """Samples are images of the moving average, the same for the same weights."""

    def test_samples_have_titles_and_stay_the_same_for_the_same_weights(self, new, batch):
        first, again = new.sample_images(batch), new.sample_images(batch)
        assert first, "sample_images returns {title: images}"
        for title, images in first.items():
            count = len(tf.nest.flatten(batch)[0])
            assert images.shape[0] == count, f"{title!r} has a row for each example"
            assert images.shape[-1] in (1, 3), f"{title!r} has 1 or 3 channels"
            assert np.abs(images).max() <= 1, f"{title!r} is in [-1, 1]"
            np.testing.assert_array_equal(images, again[title], f"{title!r} stays the same")

    def test_samples_and_exports_come_from_the_moving_average(self, new, batch):
        endpoint = live_endpoints(new)["serving_default"]
        examples = {name: tf.constant(value) for name, value in endpoint.examples(2).items()}
        before, served = new.sample_images(batch), endpoint.function(**examples)
        for variable in (v for average in new.generator_averages for v in average.weights):
            variable.assign(variable * 1.5)
        after, served_after = new.sample_images(batch), endpoint.function(**examples)
        for old, now, whose in ((before, after, "sample_images"), (served, served_after, "export")):
            assert any(not np.array_equal(old[name], now[name]) for name in old), (
                f"{whose} has the images of `samplers`, which are the moving average"
            )

    def test_latents_are_functions_of_their_own_seeds(self, new):
        if not isinstance(new, LatentModel):
            pytest.skip("it has no latents")
        latents = np.array(new.latents_of_seeds(np.arange(3)))
        assert latents.shape == (3, *new.latent_shape), "latents_of_seeds gives latent_shape"
        one = np.array(new.latents_of_seeds(np.array([2])))
        np.testing.assert_allclose(
            one, latents[2:], rtol=1e-5, atol=1e-6,
            err_msg="latents_of_seeds: a seed's latents do not depend on the others",
        )  # fmt: skip
        assert not np.allclose(latents[0], latents[1]), "seeds have different latents"
        if new.latent_space == new.prior:
            expected = new.prior.of_seeds(np.arange(3), new.latent_dim)
            np.testing.assert_array_equal(latents, expected, "latents of seeds are of the prior")

    def test_truncation_moves_latents_to_the_mean_of_their_space(self, new):
        if not isinstance(new, LatentModel):
            pytest.skip("it has no latents")
        assert isinstance(new.latent_space, LatentSpace), (
            "latent_space is a prior or a Mapped of ganzoo.randomness.priors: exports write it down"
        )
        latents = new.latents_of_seeds(np.arange(3))
        whole, none = (np.array(new.truncate(latents, share)) for share in (1.0, 0.0))
        np.testing.assert_allclose(whole, latents, rtol=1e-5, atol=1e-6)
        mean = np.broadcast_to(np.float32(new.latent_space.mean), latents.shape)
        np.testing.assert_allclose(none, mean, atol=1e-6)

    def test_the_images_of_latents_pass_gradients_on(self, new):
        if not isinstance(new, LatentModel):
            pytest.skip("it has no latents")
        examples = live_endpoints(new)["serving_default"].examples(2)
        latents, *labels = (tf.constant(value) for value in examples.values())
        with tf.GradientTape() as tape:
            tape.watch(latents)
            images = new((latents, *labels) if labels else latents, training=False)
        assert images.shape == (2, *new.image_shape), "call gives images of image_shape"
        assert tape.gradient(images, latents) is not None, "projection descends through call"
