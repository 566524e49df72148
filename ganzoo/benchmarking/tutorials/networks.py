"""Networks of the zoo, copied with Keras's own layers in place of the zoo's."""

import keras

from ganzoo import layers


def in_keras(networks: list[keras.Model]) -> list[keras.Model]:
    """Returns copies with new weights, of Keras's normalisation and dropout."""
    return [keras.models.clone_model(n, clone_function=_layer_in_keras) for n in networks]


def _layer_in_keras(layer):
    """Returns a new layer that does what a layer of the zoo does, as Keras has it."""
    if not isinstance(layer, keras.layers.Layer):  # an operation on tensors
        return layer
    name, dtype = layer.name, layer.dtype_policy
    if isinstance(layer, layers.BatchNormalization):
        return keras.layers.BatchNormalization.from_config(layer.get_config())
    if isinstance(layer, layers.SingleBatchNormalization):
        return keras.layers.BatchNormalization(epsilon=layer.epsilon, name=name, dtype=dtype)
    if isinstance(layer, layers.InstanceNormalization):
        return keras.layers.GroupNormalization(
            -1, epsilon=layer.epsilon, center=False, scale=False, name=name, dtype=dtype
        )
    if isinstance(layer, layers.KeyedDropout):
        return _Dropout(layer.rate, name=name, dtype=dtype)
    return type(layer).from_config(layer.get_config())


class _Dropout(keras.layers.Layer):
    """Keras's dropout with the inputs of `KeyedDropout`; the keys are not used."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.dropout = keras.layers.Dropout(rate)

    def call(self, inputs, keys, training=False):
        return self.dropout(inputs, training=training)

    def compute_output_shape(self, input_shape, *_):
        return input_shape
