"""The command line in a folder of its own, and one trained run that tests get copies of."""

import re
import shutil

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.cli import main
from ganzoo.runs.folder import Run
from ganzoo.runs.loading import create_from_config


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture(scope="session")
def tiny():
    """Options of `train dcgan` for a model that takes no time."""
    return "--image-size 8 --batch-size 16 --set filters=2 --set latent_dim=4 --set sample_count=4"


@pytest.fixture
def command(capfd):
    """Runs `ganzoo ...` and returns its (exit code, standard output, errors)."""

    def run(line):
        capfd.readouterr()
        code = 0
        try:
            main(line.split())
        except SystemExit as end:
            code = end.code
        output, error = capfd.readouterr()
        # A machine that is busy may take the two seconds after which progress is shown.
        return code, output, re.sub(r"(\r[^\r\n]*)+\n", "", error)

    return run


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory, tiny, eagerly):
    """The folder of a run of three steps, with a row of its log at the second."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    with eagerly():
        main(f"train dcgan {tiny} --set log_every=2 --steps 3 --run-dir {folder}".split())
    return folder


@pytest.fixture
def trained(trained_once, tmp_path):
    """A copy of that run, in the folder `run`."""
    shutil.copytree(trained_once, tmp_path / "run")
    return "run"


@pytest.fixture(scope="session")
def exported_once(trained_once, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "served"
    main(["export", str(trained_once), str(folder)])
    return folder


@pytest.fixture
def exported(exported_once, tmp_path):
    """A copy of an export of that run, in the folder `served`."""
    shutil.copytree(exported_once, tmp_path / "served")
    return "served/run/1"


@pytest.fixture
def untrained(tmp_path):
    """Makes a run folder as if it had been trained, which would take longer."""

    def make(model, **settings):
        run = Run(tmp_path / "run")
        run.folder.mkdir()
        config = ganzoo.load_config(model, **settings)
        run.write_config(config)
        create_from_config(config).save(run.model_path)

    return make


@pytest.fixture
def files():
    """Reads all files in and below a folder, by their paths in it."""
    return lambda folder: {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def pixels():
    """Reads a picture."""

    def read(path):
        with Image.open(path) as image:
            return np.asarray(image)

    return read


@pytest.fixture
def refused(command, files, tmp_path):
    """Checks that each line ends with an exit code and one line of error, and changes nothing.

    It takes `{line: (exit code, what the error matches)}`.
    """
    (tmp_path / "file").write_text("")

    def check(lines):
        before = files(tmp_path)
        wrong = {}
        for line, (code, message) in lines.items():
            got_code, output, error = command(line)
            one_line = error.startswith("Error: ") and error.count("\n") == 1 and output == ""
            if not (got_code == code and one_line and re.search(message, error)):
                wrong[line] = (got_code, output, error)
        assert wrong == {}
        assert files(tmp_path) == before

    return check
