"""The command line: each command parses its options, calls one function of ganzoo, and prints."""

from ganzoo.cli.entry import cli, main

__all__ = ["cli", "main"]
