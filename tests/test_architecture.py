"""The arrows between files point downwards, and `import ganzoo` is light."""

import ast
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import ganzoo

PACKAGE = Path(ganzoo.__file__).parent

# The levels of ganzoo, the lowest first: a file imports from lower levels and from its own package.
# docs/index.md says what is in each package.
LEVELS = """
    errors
    registry randomness optimizers saving
    layers images
    batch_formats
    abilities
    networks data metrics callbacks serving
    config models
    runs demo
    inference exporting weights
    evaluation
    training web
    benchmarking checking
    cli
    __main__ testing
"""
RANKS = {
    package: rank for rank, level in enumerate(LEVELS.split("\n")) for package in level.split()
}
APART = {"data", "metrics", "callbacks", "models"}  # these never import each other
ONLY_IN = {
    "click": {"cli"},
    "tensorflow_datasets": {
        "data",
        "config",
        "saving",
    },  # the catalog and the folder of caches name TFDS's folder, and import nothing
    # Projection descends to latents, the demo has a small model of its own, benchmarking times the
    # steps that tutorials teach, and a law asks for the gradients that projection takes.
    "GradientTape": {"models", "inference", "demo", "benchmarking", "testing"},
}


def files():
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def package(path):
    """The file or folder directly under ganzoo/ that a path belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_packages(path):
    """The packages under ganzoo/ that a file imports; names that are no module are not packages."""
    for module in imported_modules(path):
        first, _, rest = module.partition(".")
        name = rest.split(".")[0]
        if first == "ganzoo" and name and name != "__version__":
            yield name


def test_every_file_has_a_rank():
    assert {package(path) for path in files()} <= RANKS.keys()


def test_no_file_imports_from_its_own_rank_or_above():
    upward = [
        f"{path.relative_to(PACKAGE)} -> {other}"
        for path in files()
        for other in imported_packages(path)
        if other != package(path) and RANKS[other] >= RANKS[package(path)]
    ]
    assert upward == []


def test_data_metrics_callbacks_and_models_do_not_know_each_other():
    acquainted = [
        f"{path.relative_to(PACKAGE)} -> {other}"
        for path in files()
        if package(path) in APART
        for other in imported_packages(path)
        if other in APART - {package(path)}
    ]
    assert acquainted == []


def test_click_tfds_and_gradient_tapes_stay_where_they_belong():
    for word, packages in ONLY_IN.items():
        used = {package(path) for path in files() if word in path.read_text()}
        assert used <= packages, word


def own_replacements(tree):
    """The lines where a file makes a temporary path of its own, or moves a path over another."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(r"\.(part|tmp|temp)\b", node.value):
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, called = ast.unparse(node.func.value), node.func.attr
            moves = {"os": {"replace", "rename", "renames"}, "shutil": {"move"}}
            # Of a path; that of a string takes two arguments, that of a dataclass keywords.
            of_a_path = called in ("replace", "rename") and len(node.args) + len(node.keywords) == 1
            if of_a_path or called in moves.get(owner, ()):
                yield node.lineno


def test_only_saving_replaces_files_and_names_temporary_ones():
    by_hand = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in files()
        if package(path) != "saving"
        for line in own_replacements(ast.parse(path.read_text()))
    ]
    assert by_hand == []


@pytest.mark.parametrize(
    "line",
    [
        'path.with_name(f".{path.name}.part")', 'x = ".model.part.keras"', "os.replace(a, b)",
        "temporary.replace(path)", "path.rename(target=new)", "shutil.move(a, b)",
    ],
)  # fmt: skip
def test_a_replacement_by_hand_is_found(line):
    assert list(own_replacements(ast.parse(line))) == [1]


def test_every_public_name_can_be_loaded():
    for name in ganzoo.__all__:
        assert getattr(ganzoo, name) is not None


def test_importing_ganzoo_imports_neither_tensorflow_nor_keras():
    heavy = {"tensorflow", "keras", "tensorflow_datasets"}
    code = f"import sys, ganzoo; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_where_keras_is_imported_already_the_models_register_at_once():
    code = (
        "import keras, ganzoo; "
        "assert keras.saving.get_registered_object('ganzoo>DCGAN') is not None"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_costs_little_more_than_click_itself():
    # On two cores with AVX-512 that is 0.2 s; seconds would say how fast this machine is.
    def seconds(*arguments):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            times.append(time.perf_counter() - start)
        return min(times)

    assert seconds("-m", "ganzoo", "--help") < 4 * seconds("-c", "import click")


HEAVY = {"tensorflow", "keras", "numpy", "PIL", "tensorflow_datasets"}


@pytest.mark.parametrize("line", ["--help", "train --help", "presets", "show gan/sample"])
def test_a_command_that_needs_no_tensorflow_imports_none(line):
    code = (
        "import contextlib, sys\nfrom ganzoo.cli import main\n"
        f"with contextlib.suppress(SystemExit): main({line.split()})\n"
        f"sys.exit(str({HEAVY} & set(sys.modules)) if {HEAVY} & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def without_docstring(function):
    first = function.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = first.end_lineno - first.lineno + 1 if is_text else 0
    return function.end_lineno - function.lineno + 1 - docstring


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{path.relative_to(PACKAGE)}: {node.name}": without_docstring(node)
        for path in files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and without_docstring(node) > 60
    }
    assert long == {}


def test_a_file_of_more_than_250_lines_says_why():
    silent = []
    for path in files():
        text = path.read_text()
        if text.count("\n") > 250 and "Longer than 250 lines" not in ast.get_docstring(
            ast.parse(text)
        ):
            silent.append(str(path.relative_to(PACKAGE)))
    assert silent == []


def test_the_top_level_is_short_and_package_inits_hold_no_code():
    assert len([p for p in PACKAGE.iterdir() if p.name != "__pycache__"]) <= 30
    allowed = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    for path in PACKAGE.rglob("*/__init__.py"):
        assert all(isinstance(node, allowed) for node in ast.parse(path.read_text()).body), path
