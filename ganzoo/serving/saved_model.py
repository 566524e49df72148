"""An export as a SavedModel."""

import functools
import re

import keras
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from ganzoo.errors import InputError


def plain(networks) -> list:
    """Returns what calls the networks at inference: what `export_endpoints` takes."""
    return [functools.partial(network, training=False) for network in networks]


def write_saved_model(model, path, *, jit_compile: bool = False, **kwargs) -> None:
    """Writes the networks that sample, and a signature for each endpoint, to a folder.

    Args:
        model: states `samplers` and `export_endpoints`.
        path: the folder, which must not exist.
        jit_compile: whether XLA compiles each network, for every shape that it is given. The checks
            of inputs and the picture codecs around it stay as they are.
        **kwargs: passed on to `keras.export.ExportArchive.write_out`.

    Raises:
        InputError: if another machine could not run it: it has Python in it, or a device's name.
    """
    # The archive tracks the variables that endpoints use, and no discriminator's. To `track` the
    # networks as well would write each weight twice.
    archive = keras.export.ExportArchive()
    # One function per network: every signature calls the same one, and it is traced and kept once.
    networks = [
        tf.function(call, input_signature=_signature(network), jit_compile=jit_compile or None)
        for call, network in zip(plain(model.samplers), model.samplers, strict=True)
    ]
    for name, endpoint in model.export_endpoints(networks).items():
        archive.add_endpoint(name, endpoint.__call__, input_signature=list(endpoint.inputs))
    archive.write_out(path, **kwargs)
    _check_portable(path)


def _signature(network):
    specs = [tf.TensorSpec((None, *x.shape[1:]), x.dtype, x.name) for x in network.inputs]
    return [specs] if len(specs) > 1 else specs


def _check_portable(path):
    saved_model = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    for graph in (meta_graph.graph_def for meta_graph in saved_model.meta_graphs):
        nodes = [graph.node, *(function.node_def for function in graph.library.function)]
        for node in (node for group in nodes for node in group):
            # Variables are saved and restored on "the" CPU, which any machine has.
            if "PyFunc" in node.op or re.search("GPU|TPU|job:", node.device):
                raise InputError(
                    "An export must run on any machine, without Python functions and devices' "
                    f"names. Received: {node.name!r}, {node.op} on {node.device or 'any device'}"
                )
