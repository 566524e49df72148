"""The training steps of `against_pytorch.py`, in PyTorch, which starts this file and asks it.

It needs torch alone, and speaks in lines of JSON. The models with a critic or a penalty are in
`pytorch_critics.py`. The first question,

    {"values": a config's and "model", "channels_last": true, "compiled": false}

is answered when two steps have run, by how many weights generators and discriminators have; each
further one, {"steps": count}, by what a step took: {"wall": seconds, "cpu": of all threads}.

Layers, widths, losses, passes and the order of updates are those of `ganzoo/models/`; the manner is
PyTorch's: its own modules, activations in place, its Adam in one kernel, no gradient for weights
that are not updated, autocast around forward passes only.
"""

import functools
import json
import math
import random
import sys
import time
from itertools import chain, pairwise

import torch
from pytorch_critics import (
    PenaltyNearData,
    Spectral,
    Tagged,
    WassersteinGradientPenalty,
    anime_gan,
    sngan,
    wgan_gp,
)  # fmt: skip
from pytorch_game import Game, judged_fake, judged_real
from torch import nn
from torch.nn import functional as F

# The fully connected networks, of GAN and CGAN.


class Maxout(nn.Module):
    """`units` maxima of `pieces` linear units each; pieces come first, for rows to be compared."""

    def __init__(self, inputs, units, pieces):
        super().__init__()
        self.linear = nn.Linear(inputs, units * pieces)
        self.pieces = pieces

    def forward(self, x):
        return self.linear(x).unflatten(-1, (self.pieces, -1)).amax(1)


class Images(nn.Module):
    """The last layer of these generators: a sigmoid for every value, put into [-1, 1]."""

    def __init__(self, inputs, shape):
        super().__init__()
        self.linear = nn.Linear(inputs, shape.numel())
        self.shape = shape

    def forward(self, x):
        return 2 * self.linear(x).float().sigmoid().unflatten(1, self.shape) - 1


def gan(values, shape):
    units, maxout_units = values["generator_units"], values["maxout_units"]
    pieces = values["maxout_pieces"]
    generator = nn.Sequential(
        nn.Linear(values["latent_dim"], units), nn.ReLU(inplace=True),
        nn.Linear(units, units), nn.ReLU(inplace=True),
        Images(units, shape),
    )  # fmt: skip
    discriminator = nn.Sequential(
        nn.Flatten(), nn.Dropout(0.2),
        Maxout(shape.numel(), maxout_units, pieces), nn.Dropout(0.5),
        Maxout(maxout_units, maxout_units, pieces), nn.Dropout(0.5),
        nn.Linear(maxout_units, 1),
    )  # fmt: skip
    return [generator], [discriminator]


class TwoRoads(nn.Module):
    """A network of images or latents and of labels: a layer for each, and one for both."""

    def __init__(self, of_input, of_label, joint):
        super().__init__()
        self.of_input, self.of_label, self.joint = of_input, of_label, joint

    def forward(self, x, label):
        return self.joint(torch.cat([self.of_input(x), self.of_label(label)], 1))


def cgan(values, shape):
    def rectified(inputs, units):
        return nn.Sequential(nn.Linear(inputs, units), nn.ReLU(inplace=True), nn.Dropout(0.5))

    def maxout(inputs, units, pieces):
        return nn.Sequential(Maxout(inputs, units, pieces), nn.Dropout(0.5))

    classes = values["num_classes"]
    of_latents, of_label, both = values["generator_units"]
    generator = TwoRoads(
        rectified(values["latent_dim"], of_latents),
        rectified(classes, of_label),
        nn.Sequential(rectified(of_latents + of_label, both), Images(both, shape)),
    )
    of_image, of_label, both = values["maxout_units"]
    discriminator = TwoRoads(
        nn.Sequential(nn.Flatten(), maxout(shape.numel(), of_image, 5)),
        maxout(classes, of_label, 5),
        nn.Sequential(maxout(of_image + of_label, both, 4), nn.Linear(both, 1)),
    )
    return [generator], [discriminator]


# The convolutional networks.


def dcgan(values, shape, normalisation=nn.BatchNorm2d):
    channels, side, _ = shape
    filters, kernel, count = values["filters"], values["kernel_size"], 0
    while side % 2 == 0 and side > 4:
        side, count = side // 2, count + 1
    widths = [filters * 2**level for level in range(count)]
    top = widths[-1]
    generator = [
        nn.Linear(values["latent_dim"], top * side * side, bias=False),
        nn.Unflatten(1, (top, side, side)),
    ]
    for width, after in pairwise([*reversed(widths), channels]):
        generator += [
            nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            nn.ConvTranspose2d(width, after, kernel, 2, 1, bias=False),
        ]  # fmt: skip
    discriminator = [nn.Conv2d(channels, filters, kernel, 2, 1, bias=False)]
    for width, after in pairwise(widths):
        discriminator += [
            nn.LeakyReLU(0.2, inplace=True), nn.Conv2d(width, after, kernel, 2, 1, bias=False),
            normalisation(after),
        ]  # fmt: skip
    discriminator += [
        nn.LeakyReLU(0.2, inplace=True), nn.Flatten(), nn.Linear(top * side * side, 1, bias=False),
    ]  # fmt: skip
    return [nn.Sequential(*generator, nn.Tanh())], [nn.Sequential(*discriminator)]


class Patches(nn.Module):
    """PatchGAN of 70 pixels, for all the images it is given, one on the other."""

    def __init__(self, channels, filters, normalisation, bias):
        super().__init__()
        widths = [filters, 2 * filters, 4 * filters, 8 * filters]
        layers = [nn.Conv2d(channels, filters, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
        for (width, after), stride in zip(pairwise(widths), (2, 2, 1), strict=True):
            layers += [
                nn.Conv2d(width, after, 4, stride, 1, bias=bias), normalisation(after),
                nn.LeakyReLU(0.2, inplace=True),
            ]  # fmt: skip
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * filters, 1, 4, 1, 1))

    def forward(self, *images):
        return self.layers(torch.cat(images, 1) if len(images) > 1 else images[0])


class UNet(nn.Module):
    def __init__(self, inputs, outputs, depth, filters, dropout, normalisation):
        super().__init__()
        widths = [filters * min(2**level, 8) for level in range(depth)]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, (width, after) in enumerate(pairwise([inputs, *widths])):
            layers = [nn.LeakyReLU(0.2)] if level else []
            layers.append(nn.Conv2d(width, after, 4, 2, 1, bias=False))
            if 0 < level < depth - 1:
                layers.append(normalisation(after))
            self.down.append(nn.Sequential(*layers))
        for level in reversed(range(1, depth)):
            width = widths[level] * (1 if level == depth - 1 else 2)
            layers = [
                nn.ReLU(), nn.ConvTranspose2d(width, widths[level - 1], 4, 2, 1, bias=False),
                normalisation(widths[level - 1]),
            ]  # fmt: skip
            if depth - level <= 3:
                layers.append(nn.Dropout(dropout))
            self.up.append(nn.Sequential(*layers))
        self.last = nn.Sequential(
            nn.ReLU(inplace=True), nn.ConvTranspose2d(2 * filters, outputs, 4, 2, 1), nn.Tanh()
        )

    def forward(self, x):
        encoded = []
        for layer in self.down:
            x = layer(x)
            encoded.append(x)
        encoded.pop()
        for layer in self.up:
            x = torch.cat([layer(x), encoded.pop()], 1)
        return self.last(x)


def pix2pix(values, shape):
    def normalisation(width):  # by the batch's own statistics, always
        return nn.BatchNorm2d(width, track_running_stats=False)

    channels, filters = shape[0], values["filters"]
    inputs = values["input_channels"] or channels
    depth = values["depth"] or min(8, min(shape[1:]).bit_length() - 1)
    return (
        [UNet(inputs, channels, depth, filters, values["dropout"], normalisation)],
        [Patches(inputs + channels, filters, normalisation, bias=False)],
    )


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, padding_mode="reflect"),
            nn.InstanceNorm2d(width), nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1, padding_mode="reflect"),
            nn.InstanceNorm2d(width),
        )  # fmt: skip

    def forward(self, x):
        return x + self.layers(x)


def resnet(channels, filters, blocks):
    def activated(convolution):
        return convolution, nn.InstanceNorm2d(convolution.out_channels), nn.ReLU(inplace=True)

    widths = filters, 2 * filters, 4 * filters
    steps = list(pairwise(widths))
    return nn.Sequential(
        *activated(nn.Conv2d(channels, filters, 7, padding=3, padding_mode="reflect")),
        *chain(*(activated(nn.Conv2d(a, b, 3, 2, 1)) for a, b in steps)),
        *(Residual(4 * filters) for _ in range(blocks)),
        *chain(*(activated(nn.ConvTranspose2d(b, a, 3, 2, 1, 1)) for a, b in reversed(steps))),
        nn.Conv2d(filters, channels, 7, padding=3, padding_mode="reflect"),
        nn.Tanh(),
    )  # fmt: skip


def cyclegan(values, shape):
    channels, filters = shape[0], values["filters"]
    return (
        [resnet(channels, filters, values["blocks"]) for _ in ("ab", "ba")],
        [Patches(channels, filters, nn.InstanceNorm2d, bias=True) for _ in ("a", "b")],
    )


# The steps.


class Simultaneous(Game):
    """GAN, CGAN: both players' gradients from one pass; then both updates."""

    def step(self):
        images, *labels = self.batch
        (generator,), (discriminator,) = self.generators, self.discriminators
        noise = torch.rand(len(images), self.values["latent_dim"])
        with self.autocast():
            fakes = generator(math.sqrt(3) * (2 * noise - 1), *labels)
            real_logits = discriminator(images / 2 + 0.5, *labels)
            fake_logits = discriminator(fakes / 2 + 0.5, *labels)
        d_loss = (judged_real(real_logits) + judged_fake(fake_logits)) / 2
        g_loss = judged_real(fake_logits)
        self.generator_optimizer.zero_grad()
        self.discriminator_optimizer.zero_grad()
        d_loss.backward(inputs=list(discriminator.parameters()), retain_graph=True)
        g_loss.backward(inputs=list(generator.parameters()))
        self.discriminator_optimizer.step()
        self.generator_optimizer.step()
        return d_loss, g_loss


class InTurn(Game):
    """DCGAN, Pix2Pix: one pass of the generator; the discriminator is updated first."""

    def step(self):
        images = self.batch[-1]
        (generator,), (discriminator,) = self.generators, self.discriminators
        conditions = self.batch[:-1]  # Pix2Pix's inputs
        inputs = conditions or [torch.randn(len(images), self.values["latent_dim"])]
        with self.autocast():
            fakes = generator(*inputs).float()
            real_logits = discriminator(*conditions, images)
            fake_logits = discriminator(*conditions, fakes.detach())
        d_loss = judged_real(real_logits) + judged_fake(fake_logits)
        d_loss = d_loss / 2 if conditions else d_loss
        self.update(d_loss, self.discriminator_optimizer)
        with self.frozen_discriminators():
            with self.autocast():
                fake_logits = discriminator(*conditions, fakes)
            g_loss = judged_real(fake_logits)
            if conditions:
                g_loss = g_loss + self.values["lambda_l1"] * F.l1_loss(fakes, images)
            self.update(g_loss, self.generator_optimizer)
        return d_loss, g_loss


class Pool:
    """Earlier fakes, half of which are handed out in place of new ones once it is full."""

    def __init__(self, size):
        self.size, self.images = size, []

    def exchange(self, images):
        answers = []
        for image in images.detach():
            if len(self.images) < self.size:
                self.images.append(image)
            elif random.random() < 0.5:
                place = random.randrange(self.size)
                image, self.images[place] = self.images[place], image
            answers.append(image)
        return torch.stack(answers)


class Cycle(Game):
    """CycleGAN: both generators, then both discriminators, on fakes of the pools."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.pools = [Pool(self.values["pool_size"]) for _ in self.batch]

    def step(self):
        images_a, images_b = self.batch
        ab, ba = self.generators
        of_a, of_b = self.discriminators
        with self.frozen_discriminators():
            with self.autocast():
                fakes_b, same_b = ab(torch.cat([images_a, images_b])).float().chunk(2)
                fakes_a, same_a = ba(torch.cat([images_b, images_a])).float().chunk(2)
                logits = of_b(fakes_b).float(), of_a(fakes_a).float()
                cycled_a, cycled_b = ba(fakes_b).float(), ab(fakes_a).float()
            adversarial = sum((x - 1).square().mean() for x in logits)
            cycle = F.l1_loss(cycled_a, images_a) + F.l1_loss(cycled_b, images_b)
            identity = F.l1_loss(same_a, images_a) + F.l1_loss(same_b, images_b)
            g_loss = adversarial + self.values["lambda_cycle"] * (
                cycle + self.values["lambda_identity"] * identity
            )
            self.update(g_loss, self.generator_optimizer)

        d_loss = 0.0
        played = zip((of_a, of_b), self.batch, (fakes_a, fakes_b), self.pools, strict=True)
        for discriminator, reals, fakes, pool in played:
            with self.autocast():
                real_logits = discriminator(reals).float()
                fake_logits = discriminator(pool.exchange(fakes)).float()
            d_loss += ((real_logits - 1).square().mean() + fake_logits.square().mean()) / 2
        self.update(d_loss, self.discriminator_optimizer)
        return d_loss, g_loss


def game(values, channels_last, compiled):
    """Returns a model's `Game` at the sizes of a config."""
    height, width, channels = values["image_shape"]
    shape = torch.Size((channels, height, width))

    def images(channels=channels):
        return torch.rand(values["batch_size"], channels, height, width) * 2 - 1

    match values["model"]:
        case "gan":
            players, kind, batch = gan(values, shape), Simultaneous, [images()]
        case "cgan":
            labels = torch.zeros(values["batch_size"], dtype=torch.int64)
            one_hot = F.one_hot(labels, values["num_classes"]).float()
            players, kind, batch = cgan(values, shape), Simultaneous, [images(), one_hot]
        case "dcgan":
            players, kind, batch = dcgan(values, shape), InTurn, [images()]
        case "wgan_gp":
            players, kind = wgan_gp(values, shape), WassersteinGradientPenalty
            batch = [torch.cat([images() for _ in range(values["critic_steps"])])]
        case "sngan":
            players, kind = sngan(values, shape), Spectral
            batch = [torch.cat([images() for _ in range(values["discriminator_steps"])])]
        case "dragan":
            players = dcgan(values, shape, functools.partial(nn.GroupNorm, 1))
            kind, batch = PenaltyNearData, [images()]
        case "anime_gan":
            labels = torch.arange(values["batch_size"]) % values["num_classes"]
            one_hot = F.one_hot(labels, values["num_classes"]).float()
            players, kind, batch = anime_gan(values, shape), Tagged, [images(), one_hot]
        case "pix2pix":
            inputs = images(values["input_channels"] or channels)
            players, kind, batch = pix2pix(values, shape), InTurn, [inputs, images()]
        case "cyclegan":
            players, kind, batch = cyclegan(values, shape), Cycle, [images(), images()]
    return kind(*players, batch, values, channels_last, compiled)


def timed(step, count):
    """Runs steps, and returns what one took in seconds, by the clock and of all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        for loss in step():
            loss.item()
    return {
        "wall": (time.perf_counter() - wall) / count,
        "cpu": (time.process_time() - cpu) / count,
    }


def main():
    question = json.loads(sys.stdin.readline())
    played = game(question.pop("values"), **question)
    timed(played.step, 2)
    answer = [
        sum(weight.numel() for weight in players.parameters())
        for players in (played.generators, played.discriminators)
    ]
    print(json.dumps(answer), flush=True)
    for line in sys.stdin:
        print(json.dumps(timed(played.step, json.loads(line)["steps"])), flush=True)


if __name__ == "__main__":
    main()
