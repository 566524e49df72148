"""Where ganzoo keeps what it can make or fetch again; the one home of that place."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Returns `$GANZOO_CACHE`, else `$XDG_CACHE_HOME/ganzoo`, else `~/.cache/ganzoo`.

    The folder need not exist.
    """
    if chosen := os.environ.get("GANZOO_CACHE"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ganzoo"
