"""Presets: `MODEL/NAME.yaml`, read by `ganzoo.config`."""
