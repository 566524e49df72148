"""Networks as the official code lays them out, built of torch.nn with random weights, imported."""

import numpy as np
import pytest

import ganzoo

torch = pytest.importorskip("torch", reason="keras-ganzoo[peers] is not installed")
nn = torch.nn


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels),
        )  # fmt: skip

    def forward(self, x):
        return x + self.conv_block(x)


def resnet(filters, blocks):
    def block(layer, channels):
        return [layer, nn.InstanceNorm2d(channels), nn.ReLU()]

    layers = [nn.ReflectionPad2d(3), *block(nn.Conv2d(3, filters, 7), filters)]
    for width in (filters, 2 * filters):
        layers += block(nn.Conv2d(width, 2 * width, 3, 2, 1), 2 * width)
    layers += [ResidualBlock(4 * filters) for _ in range(blocks)]
    for width in (4 * filters, 2 * filters):
        layers += block(
            nn.ConvTranspose2d(width, width // 2, 3, 2, 1, output_padding=1), width // 2
        )
    layers += [nn.ReflectionPad2d(3), nn.Conv2d(filters, 3, 7), nn.Tanh()]
    network = nn.Module()
    network.model = nn.Sequential(*layers)
    network.forward = network.model.forward
    return network


class Level(nn.Module):
    """A level of the U-Net: down, what is below it, up, and its input beside it."""

    def __init__(self, outer, inner, below=None, outermost=False):
        super().__init__()
        self.outermost = outermost
        down = nn.Conv2d(3 if outermost else outer, inner, 4, 2, 1, bias=False)
        up = nn.ConvTranspose2d(
            inner if below is None else 2 * inner, 3 if outermost else outer, 4, 2, 1,
            bias=outermost,
        )  # fmt: skip
        if outermost:
            layers = [down, below, nn.ReLU(), up, nn.Tanh()]
        elif below is None:
            layers = [nn.LeakyReLU(0.2), down, nn.ReLU(), up, nn.BatchNorm2d(outer)]
        else:
            layers = [nn.LeakyReLU(0.2), down, nn.BatchNorm2d(inner), below, nn.ReLU(), up,
                      nn.BatchNorm2d(outer)]  # fmt: skip
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


def unet(filters, levels):
    below = Level(8 * filters, 8 * filters)
    for _ in range(levels - 5):
        below = Level(8 * filters, 8 * filters, below)
    for width in (4 * filters, 2 * filters, filters):
        below = Level(width, 2 * width, below)
    network = nn.Module()
    network.model = Level(3, filters, below, outermost=True)
    network.forward = network.model.forward
    return network


def dcgan(filters, latents):
    widths = [8 * filters, 4 * filters, 2 * filters, filters]
    layers = [nn.ConvTranspose2d(latents, widths[0], 4, 1, 0, bias=False)]
    for width, following in zip(widths, [*widths[1:], 3], strict=True):
        layers += [nn.BatchNorm2d(width), nn.ReLU()]
        layers += [nn.ConvTranspose2d(width, following, 4, 2, 1, bias=False)]
    network = nn.Module()
    network.main = nn.Sequential(*layers, nn.Tanh())
    network.forward = network.main.forward
    return network


NETWORKS = {
    "cyclegan": (lambda: resnet(32, 6), (2, 3, 128, 128), {"image_size": 128}),
    "pix2pix": (lambda: unet(16, 8), (1, 3, 256, 256), {"image_size": 256, "dropout": 0.0}),
    "dcgan": (lambda: dcgan(32, 100), (4, 100, 1, 1), {}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_larger_networks_answer_as_in_pytorch(name, tmp_path):
    torch.manual_seed(0)
    new, shape, settings = NETWORKS[name]
    network = new()
    inputs = torch.randn(shape) if name == "dcgan" else torch.rand(shape) * 2 - 1
    with torch.no_grad():
        for _ in range(20 if name == "dcgan" else 0):  # so that it has batch statistics
            network(torch.randn((16, *shape[1:])))
        network.train(name == "pix2pix")  # which normalises each image by its own statistics
        outputs = network(inputs)
    torch.save(network.state_dict(), tmp_path / "latest_net_G.pth")
    np.savez(tmp_path / "outputs.npz", inputs=inputs.numpy(), outputs=outputs.numpy())
    run = ganzoo.import_weights(
        tmp_path / "latest_net_G.pth", name, run_dir=tmp_path / "run",
        verify_with=tmp_path / "outputs.npz", **settings,
    )  # fmt: skip
    model = ganzoo.load_run(run)
    given = inputs.reshape(len(inputs), -1) if name == "dcgan" else inputs.permute(0, 2, 3, 1)
    found = np.array(model(given.numpy(), training=False))
    expected = outputs.permute(0, 2, 3, 1).numpy()
    assert expected.std() > 0.01
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    as_pixels, right = (np.round((images + 1) * 127.5) for images in (found, expected))
    assert np.abs(as_pixels - right).max() <= 1
