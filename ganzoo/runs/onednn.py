"""oneDNN on every CPU: TensorFlow leaves it off where there is no AVX-512-VNNI and no AMX.

There convolutions are slower without it: a step of DCGAN takes 1.6 times as long at 28 pixels and
1.7 at 64, one of CycleGAN 1.3 at 64, one of Pix2Pix 0.98 at 128 (on a CPU with AVX2 alone).
"""

import os
import sys
from pathlib import Path

SWITCH = "TF_ENABLE_ONEDNN_OPTS"  # which TensorFlow reads when it is imported


def enable() -> None:
    """Turns it on, unless the user has said otherwise, or TensorFlow is imported already."""
    if "tensorflow" not in sys.modules:
        os.environ.setdefault(SWITCH, "1")


def is_enabled() -> bool:
    """Whether TensorFlow uses it here, as far as the environment says."""
    if SWITCH in os.environ:
        return os.environ[SWITCH].lower() not in ("0", "false")
    return is_default()


def is_default() -> bool:
    """Whether TensorFlow would turn it on by itself, on this CPU."""
    try:
        flags = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:  # no Linux
        return False
    return bool(flags & {"avx512_vnni", "avx512_bf16", "amx_tile"})
