"""What all training steps of `pytorch_steps.py` have in common."""

import contextlib

import torch
from torch import nn
from torch.nn import functional as F


def judged_real(logits):
    return F.softplus(-logits.float()).mean()


def judged_fake(logits):
    return F.softplus(logits.float()).mean()


class Game:
    """Players, optimizers, and steps on one random batch.

    Args:
        generators, discriminators: networks.
        batch: of tensors, which the networks take in the order of their kind of game.
        values: the config's.
        channels_last: how maps lie in memory.
        compiled: whether `torch.compile` makes the networks' passes.
    """

    def __init__(self, generators, discriminators, batch, values, channels_last, compiled):
        self.generators, self.discriminators = map(nn.ModuleList, (generators, discriminators))
        self.batch, self.values = batch, values
        if channels_last:
            for networks in (self.generators, self.discriminators):
                networks.to(memory_format=torch.channels_last)
            self.batch = [
                x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x
                for x in batch
            ]
        if compiled:
            for network in (*generators, *discriminators):
                network.compile(dynamic=False)
        self.generator_optimizer, self.discriminator_optimizer = (
            torch.optim.Adam(players.parameters(), 2e-4, (0.5, 0.999), fused=True)
            for players in (self.generators, self.discriminators)
        )

    def autocast(self):
        # Around each pass anew: it keeps its copies of weights, which an update makes old.
        if self.values["precision"] == "float32":
            return contextlib.nullcontext()
        return torch.autocast("cpu", torch.bfloat16)

    def update(self, loss, optimizer):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    @contextlib.contextmanager
    def frozen_discriminators(self):
        self.discriminators.requires_grad_(False)
        yield
        self.discriminators.requires_grad_(True)
