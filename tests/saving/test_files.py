"""Files and folders are complete or absent, whatever ends their writer."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from ganzoo.errors import ResourceError
from ganzoo.saving.files import (
    folder_written_atomically,
    read_json,
    remove_leftovers,
    write_bytes,
    write_json,
    write_text,
    written_atomically,
    written_by_ganzoo,
)


def names(folder):
    return sorted(path.name for path in folder.rglob("*"))


def started(code, *arguments, **options):
    """A process of its own that runs `code`, in which `sys.argv[1:]` are the arguments."""
    code = f"import os, sys; from pathlib import Path; from ganzoo.saving.files import *\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def test_a_file_is_written_with_the_folders_on_the_way_and_replaced(tmp_path):
    path = tmp_path / "a" / "b" / "values.json"
    write_json(path, {"step": 1, "é": [2.5, None]})
    assert path.read_bytes() == b'{"step": 1, "\\u00e9": [2.5, null]}\n'
    write_json(str(path), [1], indent=2)
    assert path.read_text() == "[\n  1\n]\n"
    write_text(path, "é")
    assert path.read_bytes() == "é".encode()
    write_bytes(path, b"\xff")
    assert path.read_bytes() == b"\xff"
    assert names(tmp_path) == ["a", "b", "values.json"]


def test_while_a_file_is_written_its_place_shows_the_old_one(tmp_path):
    path = tmp_path / "values.json"
    path.write_text("old")
    with written_atomically(path) as temporary:
        temporary.write_text("ne")
        assert path.read_text() == "old"
        assert temporary.parent == tmp_path and temporary.name.startswith(".values.json.")
        assert str(os.getpid()) in temporary.name and temporary.suffix == ".part"
        with temporary.open("a") as file:
            file.write("w")
    assert path.read_text() == "new"
    assert names(tmp_path) == ["values.json"]


def test_a_temporary_path_keeps_the_suffix_for_a_writer_that_looks_at_it(tmp_path):
    with written_atomically(tmp_path / "model.1.keras", keep_suffix=True) as temporary:
        assert temporary.name.startswith(".model.1.") and temporary.name.endswith(".part.keras")
        temporary.touch()


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path):
    path = tmp_path / ("é" * 125 + ".json")
    write_text(path, "long")
    assert path.read_text() == "long"


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, ResourceError, OSError])
def test_a_writer_that_fails_leaves_the_old_file_and_no_other(tmp_path, failure):
    path = tmp_path / "values.json"
    path.write_text("old")
    wanted = ResourceError if failure is OSError else failure
    with pytest.raises(wanted, match="midway"), written_atomically(path) as temporary:
        temporary.write_text("half of")
        raise failure("midway")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["values.json"]


def test_a_writer_that_writes_nothing_is_an_error(tmp_path):
    with (
        pytest.raises(ResourceError, match=r"^The file cannot be written: No such file or dir"),
        written_atomically(tmp_path / "values.json"),
    ):
        pass
    assert names(tmp_path) == []


def test_what_cannot_be_written_is_named_with_what_is_in_the_way(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder.json").mkdir()
    path = tmp_path / "file" / "values.json"
    with pytest.raises(ResourceError) as error:
        write_text(path, "")
    place = str(tmp_path / "file")
    assert str(error.value) == (
        f"The file cannot be written: File exists: {place!r}. Received: {str(path)!r}"
    )
    with pytest.raises(ResourceError) as error:
        write_text(tmp_path / "folder.json", "")
    assert str(error.value) == (
        f"The file cannot be written: Is a directory. Received: {str(tmp_path / 'folder.json')!r}"
    )
    with (
        pytest.raises(ResourceError, match=r"^The folder cannot be written: Not a directory: .*"),
        folder_written_atomically(tmp_path / "file" / "a" / "b"),
    ):
        raise AssertionError("it must not come this far")
    assert names(tmp_path) == ["file", "folder.json"]


def test_who_has_more_to_say_gets_the_systems_error(tmp_path):
    (tmp_path / "file").write_text("mine")
    for writer in (written_atomically, folder_written_atomically):
        with pytest.raises(FileExistsError), writer(tmp_path / "file" / "a", explain=False):
            raise AssertionError("it must not come this far")


def test_a_reason_of_several_lines_becomes_one(tmp_path):
    with (
        pytest.raises(ResourceError, match=r"written: ffmpeg: no such codec\. Received: '.*a'$"),
        written_atomically(tmp_path / "a"),
    ):
        raise OSError("ffmpeg:\n\n  no such codec")


def test_a_folder_that_must_not_be_written_to_is_one_line(tmp_path):
    (tmp_path / "values.json").write_text("old")
    code = (
        "os.chdir(sys.argv[1]); Path('.').chmod(0o555)\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"  # root may write everywhere
        "try: write_text('values.json', 'new')\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    output, errors = started(code, tmp_path).communicate()
    assert (output, errors) == (
        "ResourceError The file cannot be written: Permission denied. Received: 'values.json'\n",
        "",
    )
    assert (tmp_path / "values.json").read_text() == "old"


def test_a_disk_that_is_full_spares_the_old_file(tmp_path):
    path = tmp_path / "values.json"
    path.write_text("old")
    code = (  # a limit on the size of files fails as a full disk does, in the middle of a write
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_bytes(sys.argv[1], bytes(3000))\n"
        "except OSError as error: print(error)\n"
    )
    output, errors = started(code, path).communicate()
    message = f"The file cannot be written: File too large. Received: {str(path)!r}\n"
    assert (output, errors) == (message, "")
    assert path.read_text() == "old" and names(tmp_path) == ["values.json"]


def test_two_processes_write_a_file_at_once_and_it_is_always_one_of_the_two(tmp_path):
    path = tmp_path / "values.json"
    code = (
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for _ in range(300): write_text(sys.argv[1], sys.argv[2] * 50_000)\n"
    )
    writers = [started(code, path, letter, stdin=subprocess.PIPE) for letter in "ab"]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    seen = set()
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            seen.add(path.read_text())
    for writer in writers:
        _, errors = writer.communicate()
        assert (writer.returncode, errors) == (0, "")
    assert seen == {"a" * 50_000, "b" * 50_000}
    assert names(tmp_path) == ["values.json"]


def test_what_a_killed_process_was_writing_nobody_takes_for_the_file(tmp_path):
    (tmp_path / "values.json").write_text("old")
    code = (
        "import time\n"
        "folder = Path(sys.argv[1])\n"
        "with written_atomically(folder / 'values.json') as file, \\\n"
        "     folder_written_atomically(folder / 'step-00000001', if_exists='replace') as made:\n"
        "    file.write_text('half'); made.mkdir(); (made / 'state.json').touch()\n"
        "    print('writing', flush=True); time.sleep(60)\n"
    )
    writer = started(code, tmp_path)
    assert writer.stdout.readline() == "writing\n"
    writer.kill()
    writer.communicate()
    assert (tmp_path / "values.json").read_text() == "old"
    assert [path.name for path in tmp_path.glob("*.json")] == ["values.json"]
    assert not list(tmp_path.glob("step-*"))
    write_text(tmp_path / "values.json", "new")
    with folder_written_atomically(tmp_path / "step-00000001") as made:
        made.mkdir()
    assert (tmp_path / "values.json").read_text() == "new"
    left = [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert len(left) == 2 and all(str(writer.pid) in path.name for path in left)
    remove_leftovers(tmp_path, "step-")
    remove_leftovers(tmp_path, "values.json")
    assert names(tmp_path) == ["step-00000001", "values.json"]


def test_leftovers_of_other_files_and_the_files_themselves_stay(tmp_path):
    for name in (".model.7-0a1b.part.keras", ".model.part.keras", ".log.csv.7-0a1b.part"):
        (tmp_path / name).touch()
    (tmp_path / ".model.txt").touch()
    (tmp_path / "model.keras").touch()
    remove_leftovers(tmp_path, "model")
    assert names(tmp_path) == [".log.csv.7-0a1b.part", ".model.txt", "model.keras"]


def test_a_folder_appears_complete(tmp_path):
    path = tmp_path / "served" / "1"
    with folder_written_atomically(path) as temporary:
        assert not temporary.exists() and temporary.parent == path.parent
        temporary.mkdir()
        (temporary / "a").touch()
        assert not path.exists()
        (temporary / "b").touch()
    assert names(path) == ["a", "b"]
    assert names(tmp_path) == ["1", "a", "b", "served"]


@pytest.mark.parametrize("if_exists", ["fail", "replace", "keep"])
def test_a_folder_whose_writer_fails_does_not_appear(tmp_path, if_exists):
    with (
        pytest.raises(ValueError, match="midway"),
        folder_written_atomically(tmp_path / "1", if_exists=if_exists) as temporary,
    ):
        (temporary / "deep").mkdir(parents=True)
        raise ValueError("midway")
    assert names(tmp_path) == []


def made_by_another(path):
    path.mkdir(exist_ok=True)
    (path / "theirs").touch()


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_folder_that_is_there_is_refused(tmp_path, when):
    path = tmp_path / "1"
    if when == "before":
        made_by_another(path)
    with (
        pytest.raises(ResourceError, match=r"^The folder cannot be written: .* Received: '.*1'$"),
        folder_written_atomically(path) as temporary,
    ):
        assert when == "meanwhile"
        temporary.mkdir()
        made_by_another(path)
    assert names(tmp_path) == ["1", "theirs"]


@pytest.mark.parametrize("if_exists", ["replace", "keep"])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_or_is_replaced_or_kept(tmp_path, when, if_exists):
    path = tmp_path / "1"
    if when == "before":
        made_by_another(path)
    with folder_written_atomically(path, if_exists=if_exists) as temporary:
        temporary.mkdir()
        (temporary / "ours").touch()
        made_by_another(path)
    assert names(tmp_path) == ["1", {"replace": "ours", "keep": "theirs"}[if_exists]]


def test_a_kept_folder_must_be_there(tmp_path):
    with (
        pytest.raises(ResourceError, match="The folder cannot be written: No such file"),
        folder_written_atomically(tmp_path / "1", if_exists="keep"),
    ):
        pass


def test_what_ganzoo_wrote_is_read_and_checked(tmp_path):
    path = tmp_path / "best.json"
    write_json(path, {"step": 3})
    assert read_json(path) == {"step": 3}
    assert read_json(path, lambda best: best["step"]) == 3
    with pytest.raises(FileNotFoundError):
        read_json(tmp_path / "other.json")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "JSONDecodeError: Expecting property name .*"),
        (b"\xff\xfe", "UnicodeDecodeError: .*"),
        (b"[]", "TypeError: list indices .*"),
        (b"{}", "KeyError: 'step'"),
        (b'{"step": "x"}', "ValueError: invalid literal .*"),
    ],
)
def test_what_ganzoo_did_not_write_is_refused_in_one_line(tmp_path, content, reason):
    path = tmp_path / "best.json"
    path.write_bytes(content)
    with pytest.raises(ResourceError) as error:
        read_json(path, lambda best: int(best["step"]))
    (line,) = str(error.value).splitlines()
    assert line.startswith("Not what ganzoo wrote: ")
    assert line.endswith(f". Received: {str(path)!r}")
    assert error.match(f"wrote: {reason}. Received")


def test_other_kinds_of_damage_are_said_alike(tmp_path):
    for damage in (zipfile.BadZipFile("no zip"), json.JSONDecodeError("no", "x", 0), EOFError()):
        with pytest.raises(ResourceError, match=r"^Not what ganzoo wrote"), written_by_ganzoo("a"):
            raise damage
    with (
        pytest.raises(ResourceError, match="ganzoo wrote: OSError"),
        written_by_ganzoo("a", OSError),
    ):
        raise OSError
    for other in (OSError("as it is"), ResourceError("as it is"), RuntimeError("as it is")):
        with (
            pytest.raises(type(other), match=r"^as it is$"),
            written_by_ganzoo("a", ArithmeticError),
        ):
            raise other


def test_nothing_of_tensorflow_is_needed():
    process = started("sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)")
    process.communicate()
    assert process.returncode == 0
