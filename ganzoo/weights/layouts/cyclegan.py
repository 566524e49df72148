"""CycleGAN's networks in the authors' PyTorch code (junyanz/pytorch-CycleGAN-and-pix2pix).

Modules without weights have a number too: padding is 0 of the generator and 0 and 4 of each
residual block, where a dropout layer moves the second convolution from 5 to 6.
"""

from ganzoo.weights.layouts.layout import Layout, NetworkWeights, NoFit, Tensors
from ganzoo.weights.layouts.patchgan import read_patchgan

# Instance normalisation without gain and bias has no weights. Files from before PyTorch 0.4 have
# running statistics of it, which its networks do not use.
_STALE = r"model\..*\.(running_mean|running_var|num_batches_tracked)"


def read_generator(state) -> NetworkWeights:
    """Reads a `ResnetGenerator` with instance normalisation."""
    tensors = Tensors(state)
    blocks = tensors.count(r"model\.\d+\.conv_block\.1\.weight")
    if blocks == 0:
        raise NoFit("it has no model.10.conv_block.1.weight")
    second = 6 if tensors.has("model.10.conv_block.6.weight") else 5
    after = 10 + blocks
    names = [
        *("model.1", "model.4", "model.7"),
        *(f"model.{n}.conv_block.{k}" for n in range(10, after) for k in (1, second)),
        *(f"model.{n}" for n in (after, after + 3, after + 7)),
    ]
    layers = [tensors.convolution(name) for name in names]
    *_, channels, filters = layers[0][0].shape
    if layers[-1][0].shape[-1] != channels:
        raise NoFit(
            f"it makes images of {layers[-1][0].shape[-1]} channels of images of {channels}"
        )
    settings = {"channels": channels, "filters": filters, "blocks": blocks, "padding": "near"}
    return NetworkWeights(settings, layers, tensors.end(_STALE))


def read_discriminator(state) -> NetworkWeights:
    """Reads an `NLayerDiscriminator` of 70 pixels with instance normalisation."""
    found = read_patchgan(state, batch_norm=False, ignored=_STALE)
    if found.settings["receptive_field"] != 70:
        raise NoFit(f"it sees patches of {found.settings['receptive_field']} pixels, ours of 70")
    channels, filters = (found.settings[name] for name in ("all_channels", "filters"))
    return NetworkWeights({"channels": channels, "filters": filters}, found.layers, found.ignored)


LAYOUTS = (
    Layout("ResnetGenerator", "cyclegan", "generator", read_generator),
    Layout("NLayerDiscriminator, instance norm", "cyclegan", "discriminator", read_discriminator),
)
