"""Models of other packages keep the laws: the documented one, and those of `example_plugin`."""

import re
import sys
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from example_plugin.mapping_gan import MappingGAN
from example_plugin.stereo_gan import StereoGAN

from ganzoo.testing import ModelLaws, SlowModelLaws

DOCUMENT = Path(__file__).parents[2] / "docs/adding_a_model.md"


def documented(name):
    """Returns a module of the first Python block of the document, which is a whole model."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S)[1]
    module = types.ModuleType(name)
    exec(compile(code, str(DOCUMENT), "exec"), module.__dict__)
    return module


class TestTheDocumentedWGANGP(ModelLaws, SlowModelLaws):
    model = documented("wgan_gp").WGANGP
    arguments = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}
    batch_size = 2


class TestMappingGAN(ModelLaws, SlowModelLaws):
    model = MappingGAN
    arguments = {
        "image_shape": (4, 6, 1), "latent_dim": 4, "w_dim": 3, "units": 5,
        "moving_average_half_life": 10.0, "moving_average_ramp": 0.5,
    }  # fmt: skip


class TestStereoGAN(ModelLaws, SlowModelLaws):
    model = StereoGAN
    arguments = {"image_shape": (4, 6, 1), "latent_dim": 4, "units": 5}
