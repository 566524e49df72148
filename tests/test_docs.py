"""What the documentation shows is run."""

import doctest
import importlib
import os
import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from ganzoo import registry
from ganzoo.cli import cli
from ganzoo.training.distributed import clusters

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "ganzoo").rglob("*.py")
    if ">>>" in path.read_text()
)


@pytest.mark.eager
@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_this_module_are_true(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(registry, "_targets", dict(registry._targets))
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted > 0
    assert results.failed == 0


# Keras says so to everybody who gives `fit` a dataset and leaves `shuffle` alone.
@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed, but will be ignored")
def test_the_readmes_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert len(code.strip().splitlines()) <= 12
    exec(code.replace("epochs=12", "epochs=1, steps_per_epoch=2, verbose=0"), {})
    assert (tmp_path / "dcgan.keras").exists()
    assert (tmp_path / "served/dcgan/saved_model.pb").exists()
    assert (tmp_path / "samples/samples-00000002.png").exists()


def unknown_options(line):
    """Returns what a command line, without its `ganzoo`, gives that the command does not take."""
    command, words = cli, shlex.split(line)
    while isinstance(command, click.Group):
        command, words = command.commands[words[0]], words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    words = words[: words.index("--")] if "--" in words else words  # launch's own end there
    return {word for word in words if word.startswith("-")} - known


@pytest.mark.parametrize("document", ["README.md", "docs/distributed.md"])
def test_the_commands_of_a_document_name_existing_options(document):
    lines = re.findall(r"^ganzoo (.+?)\s*(?:#.*)?$", (ROOT / document).read_text(), re.M)
    assert lines
    for line in lines:
        assert unknown_options(line) == set(), line


JOBS = ROOT / "docs/distributed"


def test_the_slurm_job_is_a_shell_script_that_trains():
    subprocess.run(["bash", "-n", JOBS / "slurm.sh"], check=True)
    (line,) = re.findall(r"ganzoo (train .*)", joined((JOBS / "slurm.sh").read_text()))
    assert unknown_options(line) == set()


def test_the_pods_of_the_kubernetes_job_know_each_other():
    service, job = yaml.safe_load_all((JOBS / "kubernetes.yaml").read_text())
    (worker,) = job["spec"]["template"]["spec"]["containers"]
    shell, (line,) = worker["command"], re.findall(r"exec ganzoo (.*)", joined(worker["args"][0]))
    assert unknown_options(line) == set()
    script = joined(worker["args"][0]).replace(f"exec ganzoo {line}", "printenv TF_CONFIG")
    variables = {one["name"]: one["value"] for one in worker["env"]}
    assert int(variables["WORKERS"]) == job["spec"]["completions"] == job["spec"]["parallelism"]
    for index in (0, 7):
        environment = os.environ | variables | {"JOB_COMPLETION_INDEX": str(index)}
        said = subprocess.run([*shell, script], env=environment, check=True, capture_output=True)
        # How Kubernetes calls the pods of an indexed job.
        name, domain = job["metadata"]["name"], service["metadata"]["name"]
        addresses = tuple(f"{name}-{place}.{domain}:2222" for place in range(8))
        found = clusters.find_cluster({"TF_CONFIG": said.stdout.decode()})
        assert found == clusters.Cluster(addresses, index)
    assert job["spec"]["template"]["spec"]["subdomain"] == domain


def joined(text):
    """Returns a shell script with each command on one line."""
    return re.sub(r"\\\n\s*", "", text)


DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_links_between_the_documents_lead_somewhere():
    for document in DOCUMENTS:
        text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.M | re.S)
        for target in [
            *re.findall(r"\]\(([^)#]+)\)", text),
            *re.findall(r"^\[.+\]: (\S+)$", text, re.M),
        ]:
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_no_line_of_the_documents_is_longer_than_120_characters():
    long = [
        f"{document.relative_to(ROOT)}:{number}: {len(line)} characters"
        for document in DOCUMENTS
        for number, line in enumerate(document.read_text().splitlines(), start=1)
        if len(line) > 120
    ]
    assert long == []


MAP = ROOT / "docs/index.md"


def test_the_map_names_every_file_under_its_package():
    packages = re.findall(r"^### `(.+?)`\n(.*?)(?=^##|\Z)", MAP.read_text(), re.M | re.S)
    named = [
        package + file
        for package, section in packages
        for file in re.findall(r"^\* `(.+?\.py)`: \S", section, re.M)
    ]
    files = [path.relative_to(ROOT) for path in (ROOT / "ganzoo").rglob("*.py")]
    assert sorted(named) == sorted(str(path) for path in files if path.name != "__init__.py")


def test_the_paths_that_the_map_names_exist():
    paths = re.findall(r"`([\w/]+/|[\w/]+/\w+\.\w+)`", MAP.read_text())
    assert len(paths) > 50
    for path in paths:
        assert (ROOT / path).exists() or (ROOT / "ganzoo" / path).exists(), path


def test_the_map_draws_the_levels_that_the_code_is_held_to():
    code = (ROOT / "tests/test_architecture.py").read_text()
    (levels,) = re.findall(r'^LEVELS = """\n(.*?)"""', code, re.M | re.S)
    (drawn,) = re.findall(r"\n\n((?:    .+\n)+)\n", MAP.read_text())
    highest_first = [re.split(r"\s{2,}", line.strip())[0] for line in drawn.splitlines()]
    assert [set(level.split()) for level in reversed(highest_first)] == [
        set(level.split()) for level in levels.strip().splitlines()
    ]
