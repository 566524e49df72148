"""The command itself: its help, its version, its errors, and how little it loads."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import ganzoo
from ganzoo.cli import cli, main


def commands(group=cli, name="ganzoo"):
    """Yields all groups and commands with their names."""
    yield name, group
    for word, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{name} {word}")


def test_the_version_is_ganzoos(command):
    assert ganzoo.__version__ in command("--version")[1]


def test_without_arguments_the_help_is_shown(command):
    assert "\nTraining:\n  train " in command("")[1]


def test_a_misspelt_command_is_corrected(refused):
    refused({"trian dcgan": (2, "No such command 'trian'. Did you mean 'train'")})


def test_every_command_stands_in_one_section_of_the_help(command):
    listed = [name for names in cli.sections.values() for name in names]
    assert sorted(listed) == sorted(cli.commands)
    assert "\nCommands:" not in command("--help")[1]


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_no_line_of_the_help_is_cut_off(name, command):
    code, output, _ = command(f"{name.removeprefix('ganzoo')} --help")
    _, _, text = output.partition("\n\n")  # without the usage: "IMAGE..."
    assert code == 0
    assert not [line for line in text.splitlines() if line.endswith("...") or len(line) > 80]


def test_each_help_text_is_a_sentence():
    texts = {f"{name}": command.help for name, command in commands()}
    for name, command in commands():
        texts |= {
            f"{name} {option.name}": option.help
            for option in command.params
            if isinstance(option, click.Option)
        }
    wrong = [name for name, text in texts.items() if not (text[0].isupper() and "." in text)]
    assert wrong == []
    # "Of gradient descent." is no answer to the question what an option is.
    assert [name for name, text in texts.items() if text.split()[0] in ("Of", "Or", "In")] == []


def test_the_options_of_train_stand_under_titles(command):
    lines = command("train --help")[1].splitlines()
    titles = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert titles == ["Data:", "Model:", "Schedule:", "Evaluation:", "Machine:", "Run:", "Options:"]
    schedule = lines[lines.index("Schedule:") : lines.index("Evaluation:")]
    names = [line.split()[0] for line in schedule if line.startswith("  --")]
    assert names == ["--epochs", "--steps", "--batch-size"]


README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("line", re.findall(r"^ganzoo (.+?)\s*(?:#.*)?$", README.read_text(), re.M))
def test_the_commands_of_the_readme_give_options_values_that_they_take(line):
    command, words = cli, shlex.split(line)
    while isinstance(command, click.Group):
        command, words = command.commands[words[0]], words[1:]
    command.make_context("ganzoo", words)  # parses, and runs nothing


def test_commands_that_need_no_tensorflow_import_none(trained):
    lines = [
        "presets",
        "show dcgan/sample",
        "data list",
        "launch --workers 1 x",
        "directions list run",
    ]
    code = (
        "import sys\n"
        "from ganzoo.cli import main\n"
        f"for line in {lines}:\n"
        "    try:\n"
        "        main(line.split())\n"
        "    except SystemExit as end:\n"
        "        assert line.startswith('launch') and end.code == 2, line\n"
        "    assert not {'tensorflow', 'keras'} & set(sys.modules), line\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_loading_tensorflow_writes_nothing_on_the_screen(tmp_path, monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
    command = [sys.executable, "-m", "ganzoo", "runs", str(tmp_path)]
    ended = subprocess.run(command, check=True, capture_output=True)
    assert (ended.stdout, ended.stderr) == (b"", b"")


def test_the_home_folder_is_put_where_no_shell_has_put_it(capsys, monkeypatch):
    monkeypatch.setenv("HOME", "/nobody/at/home")
    for line in (["show", "~/no.yaml"], ["compare", "~/one", "~/other"]):
        with pytest.raises(SystemExit):
            main(line)
        assert "/nobody/at/home/" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["generate", "dcgan/sample", "--no-such=~/x"])
    assert "~" not in capsys.readouterr().err


@pytest.mark.slow
def test_keras_may_be_set_up_for_another_backend_and_layout(tmp_path):
    settings = {"backend": "jax", "image_data_format": "channels_first"}
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras/keras.json").write_text(json.dumps(settings))
    line = ["generate", "dcgan/sample", "-n", "2", "--output", str(tmp_path / "grid.png")]
    done = subprocess.run(
        [sys.executable, "-m", "ganzoo", *line], capture_output=True, text=True,
        env=os.environ | {"KERAS_HOME": str(tmp_path / ".keras"), "KERAS_BACKEND": "torch"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "grid.png").is_file()
