"""Laws of the export: it answers as the model does, and holds the generators alone."""

import numpy as np
import tensorflow as tf

from ganzoo.serving import live_endpoints
from ganzoo.testing.model_under_test import ModelUnderTest


class ExportLaws(ModelUnderTest):
    """An export answers as the model does, from the networks that sample."""

    def test_an_export_answers_as_the_model_does_and_holds_no_discriminator(self, new, tmp_path):
        proof = new.export(tmp_path / "served")
        endpoints = live_endpoints(new)
        served = tf.saved_model.load(tmp_path / "served")
        assert "serving_default" in endpoints, "one of the endpoints is serving_default"
        assert list(proof) == list(endpoints) and {*served.signatures} == {*endpoints}
        for name, figures in proof.items():
            assert figures["max_difference"] <= figures["limit"] <= 1, name
        weights = tf.train.list_variables(str(tmp_path / "served/variables/variables"))
        counts = [np.prod(shape) for key, shape in weights if key.endswith("VARIABLE_VALUE")]
        assert sum(counts) == sum(network.count_params() for network in new.samplers), (
            "an export holds the weights of `samplers`, each once, and no others: its endpoints "
            "call the networks that export_endpoints is given"
        )
