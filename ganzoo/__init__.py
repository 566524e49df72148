"""ganzoo: a model zoo of generative adversarial networks for Keras 3 and TensorFlow.

Every public name is here. Each is loaded when it is first used, so that `import ganzoo` costs
nothing.
"""

import importlib
import sys

from ganzoo.runs import onednn

__version__ = "0.1.0"

_HOMES = {
    "GANModel": "ganzoo.models.base",
    "LatentModel": "ganzoo.models.latent",
    "ConditionalModel": "ganzoo.models.conditional",
    "GAN": "ganzoo.models.gan",
    "DCGAN": "ganzoo.models.dcgan",
    "CGAN": "ganzoo.models.cgan",
    "CDCGAN": "ganzoo.models.cdcgan",
    "DRAGAN": "ganzoo.models.dragan",
    "AnimeGAN": "ganzoo.models.anime_gan",
    "StyleGAN2": "ganzoo.models.stylegan2",
    "BiGAN": "ganzoo.models.bigan",
    "ALI": "ganzoo.models.ali",
    "Autoencoder": "ganzoo.models.autoencoder",
    "VAE": "ganzoo.models.vae",
    "CAAE": "ganzoo.models.caae",
    "Pix2Pix": "ganzoo.models.pix2pix",
    "CycleGAN": "ganzoo.models.cyclegan",
    "LSGAN": "ganzoo.models.lsgan",
    "ACGAN": "ganzoo.models.acgan",
    "WGANGP": "ganzoo.models.wgan_gp",
    "SNGAN": "ganzoo.models.sngan",
    "ProjectionGAN": "ganzoo.models.projection_gan",
    "ProGAN": "ganzoo.models.progan",
    "StyleGAN": "ganzoo.models.stylegan",
    "register_model": "ganzoo.registry",
    "create_model": "ganzoo.registry",
    "list_models": "ganzoo.registry",
    "register_batch_format": "ganzoo.batch_formats.formats",
    "load_dataset": "ganzoo.data.loading",
    "list_datasets": "ganzoo.config.catalog",
    "prepare_dataset": "ganzoo.data.tfds.preparing",
    "check_dataset": "ganzoo.checking.check",
    "list_presets": "ganzoo.config.presets",
    "load_config": "ganzoo.config.config",
    "train": "ganzoo.training.train",
    "resume": "ganzoo.training.train",
    "launch": "ganzoo.training.distributed.launching",
    "list_runs": "ganzoo.runs.summaries",
    "compare": "ganzoo.evaluation.comparing.compare",
    "load_run": "ganzoo.runs.loading",
    "from_preset": "ganzoo.runs.loading",
    "list_pretrained": "ganzoo.config.pretrained",
    "load_model": "ganzoo.runs.loading",
    "generate": "ganzoo.inference.generation",
    "generate_files": "ganzoo.inference.generation",
    "arithmetic": "ganzoo.inference.arithmetic",
    "find_direction": "ganzoo.inference.directions",
    "train_classifier": "ganzoo.inference.attribute_classifiers",
    "list_directions": "ganzoo.inference.saved_directions",
    "project": "ganzoo.inference.projection",
    "reconstruct": "ganzoo.inference.reconstruction",
    "interpolate": "ganzoo.inference.interpolation",
    "timelapse": "ganzoo.runs.timelapses",
    "translate": "ganzoo.inference.translation",
    "evaluate": "ganzoo.evaluation.evaluate",
    "import_weights": "ganzoo.weights.importing",
    "inspect_weights": "ganzoo.weights.inspecting",
    "export": "ganzoo.exporting.export",
    "export_page": "ganzoo.web.exported",
    "push": "ganzoo.exporting.push",
    "benchmark": "ganzoo.benchmarking.benchmarks",
    "benchmark_all": "ganzoo.benchmarking.benchmarks",
    "DivergenceError": "ganzoo.errors",
    "InputError": "ganzoo.errors",
    "ResourceError": "ganzoo.errors",
}
_MODULES = (
    "batch_formats",
    "callbacks",
    "config",
    "data",
    "demo",
    "images",
    "metrics",
    "models",
    "networks",
    "randomness",
    "web",
)

__all__ = sorted([*_HOMES, "__version__", "callbacks", "metrics"])


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"ganzoo.{name}")
    raise AttributeError(f"module 'ganzoo' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_HOMES, *_MODULES])


onednn.enable()
if "keras" in sys.modules:
    # Keras imports nobody's classes when it loads a file, so whoever uses Keras gets them now.
    importlib.import_module("ganzoo.models")
