"""The steps of `pytorch_steps.py` of models with a critic, spectral norm, or a gradient penalty.

`torch.compile` cannot differentiate a compiled pass twice: with a penalty it ends with an error or
falls back, and the eager way is taken.
"""

from itertools import pairwise

import torch
from pytorch_game import Game, judged_fake, judged_real
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

# Networks.


class Cropped(nn.Module):
    def forward(self, x):
        return x[..., :-1, :-1]


def wgan_gp(values, shape):
    """The pair for MNIST, without normalisation."""
    channels, filters = shape[0], values["filters"]
    widths = [4 * filters, 2 * filters, filters, channels]
    generator = [
        nn.Linear(values["latent_dim"], 16 * widths[0]), nn.ReLU(inplace=True),
        nn.Unflatten(1, (widths[0], 4, 4)),
    ]  # fmt: skip
    for level, (width, after) in enumerate(pairwise(widths)):
        generator.append(nn.ConvTranspose2d(width, after, 5, 2, 2, 1))
        generator += [Cropped()] if level == 0 else []
        generator.append(nn.Tanh() if level == 2 else nn.ReLU(inplace=True))
    critic = []
    for width, after in pairwise(reversed(widths)):
        critic += [nn.Conv2d(width, after, 5, 2, 2), nn.LeakyReLU(0.2)]
    critic += [nn.Flatten(), nn.Linear(16 * widths[0], 1, bias=False)]
    return [nn.Sequential(*generator)], [nn.Sequential(*critic)]


def sngan(values, shape):
    """The convolutional pair, at a side of 28."""
    channels, filters = shape[0], values["generator_filters"]
    widths = [4 * filters, 2 * filters, filters]
    generator = [
        nn.Linear(values["latent_dim"], 49 * widths[0]), nn.Unflatten(1, (widths[0], 7, 7)),
    ]  # fmt: skip
    for width, after in pairwise(widths):
        generator += [
            nn.ConvTranspose2d(width, after, 4, 2, 1), nn.BatchNorm2d(after), nn.ReLU(inplace=True),
        ]  # fmt: skip
    generator += [nn.Conv2d(filters, channels, 3, padding=1), nn.Tanh()]

    width = values["discriminator_filters"]
    of_convolutions = [
        (channels, width, 3, 1, 1), (width, width, 4, 2, 1),
        (width, 2 * width, 3, 1, 1), (2 * width, 2 * width, 4, 2, 1),
        (2 * width, 4 * width, 3, 1, 1),
    ]  # fmt: skip
    discriminator = []
    for sizes in of_convolutions:
        discriminator += [spectral_norm(nn.Conv2d(*sizes)), nn.LeakyReLU(0.1, inplace=True)]
    discriminator += [nn.Flatten(), spectral_norm(nn.Linear(49 * 4 * width, 1))]
    return [nn.Sequential(*generator)], [nn.Sequential(*discriminator)]


class Plus(nn.Module):
    """The sum of what two modules make of one input."""

    def __init__(self, one, other):
        super().__init__()
        self.one, self.other = one, other

    def forward(self, x):
        return self.one(x) + self.other(x)


class WithTags(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, latents, tags):
        return self.layers(torch.cat([latents, tags], 1))


class TwoHeads(nn.Module):
    def __init__(self, layers, width, tags):
        super().__init__()
        self.layers = layers
        self.score, self.tags = nn.Linear(width, 1), nn.Linear(width, tags)

    def forward(self, x):
        features = self.layers(x)
        return self.score(features), self.tags(features)


def anime_gan(values, shape):
    """At a side of 28, with two shuffles."""
    channels, filters, tags = shape[0], values["filters"], values["num_classes"]

    def convolved(width, after, size):
        return nn.Conv2d(width, after, size, padding="same")

    def normalised(width):
        return nn.BatchNorm2d(width)

    def rectified(width):
        return normalised(width), nn.ReLU(inplace=True)

    def block():
        layers = nn.Sequential(
            convolved(filters, filters, 3), *rectified(filters),
            convolved(filters, filters, 3), normalised(filters),
        )  # fmt: skip
        return Plus(layers, nn.Identity())

    blocks = nn.Sequential(*(block() for _ in range(values["blocks"])), *rectified(filters))
    generator = [
        nn.Linear(values["latent_dim"] + tags, 49 * filters), nn.Unflatten(1, (filters, 7, 7)),
        *rectified(filters), Plus(blocks, nn.Identity()),
    ]  # fmt: skip
    for _ in range(values["shuffles"]):
        generator += [convolved(filters, 4 * filters, 3), nn.PixelShuffle(2), *rectified(filters)]
    generator += [convolved(filters, channels, 9), nn.Tanh()]

    width = values["discriminator_filters"]
    discriminator = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    for after, padding in ((2 * width, 1), (4 * width, (2, 1, 2, 1)), (8 * width, 1)):
        for _ in range(values["discriminator_blocks"]):
            layers = nn.Sequential(
                convolved(width, width, 3), nn.LeakyReLU(0.2), convolved(width, width, 3)
            )
            discriminator += [Plus(layers, nn.Identity()), nn.LeakyReLU(0.2)]
        if padding != 1:  # of a side that is odd
            discriminator.append(nn.ZeroPad2d(padding))
        discriminator += [
            nn.Conv2d(width, after, 4, 2, padding if padding == 1 else 0), nn.LeakyReLU(0.2),
        ]  # fmt: skip
        width = after
    discriminator.append(nn.Flatten())
    return (
        [WithTags(nn.Sequential(*generator))],
        [TwoHeads(nn.Sequential(*discriminator), 4 * width, tags)],
    )


# Steps.


def slope_penalty(scores_of, images):
    """E[(|grad D(x)| - 1)^2]."""
    images = images.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(scores_of(images).float().sum(), images, create_graph=True)
    norms = (gradient.float().square().flatten(1).sum(1) + 1e-12).sqrt()
    return (norms - 1).square().mean()


def between(images, others):
    share = torch.rand(len(images), 1, 1, 1)
    return images + share * (others - images)


def near(images, amount):
    """Where DRAGAN takes its penalty."""
    far = images + amount * images.std(correction=0) * torch.rand_like(images)
    return between(images, far)


class OfLatents(Game):
    """One generator of latents and one discriminator."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        (self.generator,), (self.discriminator,) = self.generators, self.discriminators

    def latents(self, count):
        return torch.randn(count, self.values["latent_dim"])

    def generators_update(self, count):
        with self.frozen_discriminators():
            with self.autocast():
                fakes = self.generator(self.latents(count)).float()
                loss = -self.discriminator(fakes).float().mean()
            self.update(loss, self.generator_optimizer)
        return loss


class WassersteinGradientPenalty(OfLatents):
    """WGAN-GP: updates of the critic on images of their own, then one of the generator."""

    def step(self):
        for reals in self.batch[0].chunk(self.values["critic_steps"]):
            with torch.no_grad(), self.autocast():
                fakes = self.generator(self.latents(len(reals))).float()
            with self.autocast():
                scores = self.discriminator(torch.cat([reals, fakes])).float()
                penalty = slope_penalty(self.discriminator, between(reals, fakes))
            real_scores, fake_scores = scores.chunk(2)
            loss = fake_scores.mean() - real_scores.mean() + self.values["lambda_gp"] * penalty
            self.update(loss, self.discriminator_optimizer)
        return loss, self.generators_update(len(reals))


class Spectral(OfLatents):
    """SN-GAN: a power iteration with each update of the discriminator alone."""

    def step(self):
        for reals in self.batch[0].chunk(self.values["discriminator_steps"]):
            if self.values["dequantize"]:
                reals = ((reals + 1) * 127.5 + torch.rand_like(reals)) / 128 - 1
            self.discriminator.train()
            with torch.no_grad(), self.autocast():
                fakes = self.generator(self.latents(len(reals))).float()
            with self.autocast():
                scores = self.discriminator(torch.cat([reals, fakes])).float()
            real_scores, fake_scores = scores.chunk(2)
            loss = F.relu(1 - real_scores).mean() + F.relu(1 + fake_scores).mean()
            self.update(loss, self.discriminator_optimizer)
        self.discriminator.eval()
        return loss, self.generators_update(self.values["generator_batches"] * len(reals))


class PenaltyNearData(OfLatents):
    """DRAGAN: one pass of the generator; the discriminator is updated first."""

    def step(self):
        (images,) = self.batch
        with self.autocast():
            fakes = self.generator(self.latents(len(images))).float()
            logits = self.discriminator(images), self.discriminator(fakes.detach())
            penalty = slope_penalty(self.discriminator, near(images, self.values["perturbation"]))
        d_loss = judged_real(logits[0]) + judged_fake(logits[1])
        self.update(d_loss + self.values["lambda_gp"] * penalty, self.discriminator_optimizer)
        with self.frozen_discriminators():
            with self.autocast():
                g_loss = judged_real(self.discriminator(fakes))
            self.update(g_loss, self.generator_optimizer)
        return d_loss, g_loss


class Tagged(OfLatents):
    """The anime GAN: DRAGAN whose discriminator also guesses the tags, of reals and of fakes."""

    def step(self):
        images, tags = self.batch
        weight = tags.shape[1]
        with self.autocast():
            fakes = self.generator(self.latents(len(images)), tags).float()
            real_logits, real_tags = self.discriminator(images)
            fake_logits, _ = self.discriminator(fakes.detach())
            penalty = slope_penalty(
                lambda x: self.discriminator(x)[0], near(images, self.values["perturbation"])
            )
        d_loss = judged_real(real_logits) + judged_fake(fake_logits)
        objective = weight * d_loss + tags_loss(real_tags, tags)
        objective = objective + self.values["lambda_gp"] * penalty
        self.update(objective, self.discriminator_optimizer)
        with self.frozen_discriminators():
            with self.autocast():
                fake_logits, fake_tags = self.discriminator(fakes)
            g_loss = judged_real(fake_logits)
            self.update(weight * g_loss + tags_loss(fake_tags, tags), self.generator_optimizer)
        return d_loss, g_loss


def tags_loss(logits, tags):
    losses = F.binary_cross_entropy_with_logits(logits.float(), tags, reduction="none")
    return losses.sum(1).mean()
