"""Settings of a run, checked against the signatures that take them."""

from ganzoo.config.config import FREE_ON_RESUME, Config, load_config
from ganzoo.config.schema import parse_setting, settings_schema
from ganzoo.config.settings import DTYPES, MACHINE_SETTINGS, RunSettings

__all__ = [
    "DTYPES",
    "FREE_ON_RESUME",
    "MACHINE_SETTINGS",
    "Config",
    "RunSettings",
    "load_config",
    "parse_setting",
    "settings_schema",
]
