"""What people may give by mistake to any command: one line says so, and nothing is left behind."""

import logging
import os
import re
import shlex
import shutil
import zlib

import numpy as np
import pytest
from PIL import Image

from ganzoo.cli import main

TINY = "--image-size 8 --batch-size 2 --set filters=2 --set latent_dim=4 --set sample_count=4"

BAD = {
    # Data that is something else.
    "train dcgan TINY --dataset ./file": "folder of pictures, or an .npz file. Rec.*the file",
    "train dcgan TINY --dataset ./photos/0.png": "Received: the file './photos/0.png'",
    "train dcgan TINY --dataset ./empty": "There are no images in the folder",
    "train dcgan TINY --dataset ./nowhere": "There is no such folder",
    "train dcgan TINY --dataset photos": r"the path is '\./photos'",
    "train dcgan TINY --dataset ''": "A dataset is 'sample', the name of",
    "train dcgan TINY --dataset ./one_broken": "content is of no known format.*5.png",
    "train dcgan TINY --dataset ./bomb": "exceeds limit of 178956970 pixels",
    "train dcgan TINY --dataset mnist/none": "did you mean 'mnist'",
    "train dcgan TINY --dataset celeb_a --data-dir file": "in a folder .data_dir.*the file 'file'",
    "train dcgan TINY --dataset images.npz --data-dir ~nobodyhere": "no home folder to put for ~",
    "train dcgan TINY --dataset objects.npz": "Object arrays cannot be loaded",
    "train dcgan TINY --dataset levels.npz": "give levels of 0 to 255 as uint8",
    "train dcgan TINY --dataset nan.npz": "from nan to nan",
    "train dcgan TINY --dataset rank.npz": r"Received: \(12, 8, 8\)",
    "train dcgan TINY --dataset cut.npz": "File is not a zip file",
    "train dcgan TINY --dataset zero.npz": "No data left in file",
    "train dcgan TINY --dataset dir.npz": "Is a directory",
    "train dcgan TINY --dataset none.npz": "No such file or directory",
    "train cgan --dataset few.npz --image-size 8": r"equally many. Received: \[12, 11\]",
    "train cgan --dataset negative.npz --image-size 8": "must be numbers of classes",
    "train cgan --dataset images.npz --image-size 8 --set num_classes=2 --batch-size 2": (
        "num_classes must be at least 3"
    ),
    "train cgan --dataset ./photos --image-size 8": "There are no folders of classes",
    "train cyclegan --dataset ./photos --image-size 32": "There are not two folders, A and B",
    "train pix2pix --dataset ./photos --image-size 32": "it is not wider than high, 8x8",
    "train pix2pix --dataset ./sides --image-size 32 --set input_classes=4": "state input_colors",
    # Settings that do not fit.
    "train dcgan TINY --dataset ./photos --batch-size 100": "must be in 1 to 11, the number of",
    "train dcgan TINY --dataset ./photos --set split=trian": "did you mean 'train'",
    "train dcgan TINY --dataset ./photos --set center_crop=9": "the images' shorter side, 8",
    "train dcgan TINY --set background=sky": "A colour is #rrggbb",
    "train dcgan TINY --set learning_rate=nan": "must be a finite number",
    "train dcgan TINY --set moving_average=1.5": r"must be in \[0, 1\)",
    "train dcgan TINY --set filters=0": "must be at least 1",
    "train dcgan TINY --set filters": "A setting is written KEY=VALUE",
    "train dcgan TINY --set filters=[1": "The value is not YAML",
    "train dcgan TINY --set precision=int8": "Choose from: float32, bfloat16",
    "train dcgan TINY --evaluate-every 1 --set evaluate_metrics=fidd": "did you mean 'fid'",
    "train cyclegan --dataset ./sides --image-size 32 --set filters=2 --set blocks=1 --batch-size 8"
    " --set pool_size=4": "The image pool, of size 4, must hold a whole batch.*8",
    "train pix2pix --dataset ./sides --image-size 33": "multiples of 32",
    # Files of settings, and folders of runs.
    "train list.yaml": "`key: value` lines with a `model`",
    "train broken.yaml": "Not YAML",
    "train bytes.yaml": "Cannot read the settings: 'utf-8' codec",
    "train dir.yaml": "Is a directory",
    "train dcgan TINY --run-dir file": "The run folder cannot be written",
    "train dcgan TINY --run-dir file/run": "The run folder cannot be written",
    "train dcgan TINY --run-dir photos": "holds something already",
    "train dcgan TINY --init-from photos": "Not a run folder",
    "train dcgan TINY --run-dir caf\udce9": "paths in UTF-8 alone",
    "export run caf\udce9": "paths in UTF-8 alone",
    "resume file": "Not a run folder",
    "resume empty": "Not a run folder",
    "resume run --steps 1": "is at step 3 already, and cannot end at step 1",
    "resume run --steps 5 --dataset ./nowhere": "There is no such folder",
    "resume broken_run --steps 5": "Not YAML",
    "resume dir_run": "it has no config.yaml",
    "resume cut_checkpoint --steps 5": "Not a whole checkpoint of this model",
    "resume dcgan/sample": "A pretrained run is not written to",
    # Images of a run.
    "generate cut_model --output x.png": "Not a complete .keras file",
    "generate file --output x.png": "Not a run folder, which has a config.yaml, nor",
    "generate served --output x.png": r"\(PATH/NAME/VERSION\). Received: 'served'",
    "generate run --output ''": "must be a picture file or a folder",
    "generate run --output file/": "File exists: 'file'",
    "generate run --seed 9223372036854775807 --output x.png": "Seeds must be in 0 to 2.63 - 1",
    "generate run --attributes Smiling --output x.png": "written NAME=1,NAME=0",
    "generate run --checkpoint 2 --output x.png": "checkpoints of the steps 3",
    "generate cgan/sample --labels boots --output x.png": "did you mean 'boot'",
    "interpolate run --seeds 5-1 --output x.png": "whole numbers or ranges",
    "interpolate run --latents text.npy --output x.png": "no .npy file of numbers",
    "interpolate run --latents photos --output x.png": "Is a directory",
    "interpolate run --latents five.npy --output x.png": r"Received: float32 \(2, 5\)",
    "interpolate run --latents nan.npy --output x.png": "Latents must be finite",
    "interpolate run --output strip": "Unknown format",
    "arithmetic run 'seed 1 +' --output x.png": "at the end. Received: 'seed 1",
    "arithmetic run 'latents none.npy' --output x.png": "No such file or directory",
    "directions find run smile --scores text.npy": "numbers in a .npy file",
    "directions find run smile --classifier m.keras": "Not a complete .keras file",
    "directions find run ../smile --scores five.npy": "letters, digits",
    "directions list nowhere": "There is no such run folder",
    "project run photos --output p": "Is a directory",
    "project run text.png --output p": "of no known format",
    "project run photos/0.png --output p": r"model's shape, \(8, 8, 1\)",
    "reconstruct run photos/0.png --output p": "This model has no encoder",
    "timelapse run --title none": "Unknown title",
    "translate run photos --output t": "does not translate images",
    "translate pix2pix/sample empty --output t": "No images there",
    "translate pix2pix/sample text.png --output t": "1 of 1 images could not be read, and 0 were",
    "translate pix2pix/sample photos --output photos": "would overwrite an image",
    "web file": "Not a run folder, which has",
    "web run --host nowhere.invalid": "cannot be served there: .*ame",
    # Measuring, weights, servers, datasets.
    "evaluate run --metrics ''": "There must be a metric",
    "evaluate run --num-images 1": "must be at least 2",
    "evaluate run --extractor m.keras": "Not a complete .keras file",
    "evaluate run --extractor inception --weights photos": "There is no file with weights there",
    "benchmark dcgan --json nowhere/x.json": "There is no folder to write the file in",
    "export run file": "Not a directory",
    "export run x --name a/b": "letters, digits, dots",
    "import text.npy --as dcgan": "Not a PyTorch file",
    "import dir.pth --as dcgan": "There is no file with weights there",
    "push run nothing": "A run is pushed to hf://USER/NAME",
    "runs file": "There is no such folder of runs",
    "compare run broken_run": "Not what ganzoo wrote",
    "compare run run --output file/x.html": "A run is given twice",
    "data check ./photos --model dcgan --contact-sheet x.doc": "Unknown picture format",
    "data list --data-dir file": "Received: the file 'file'",
    "data prepare celeb_a --from file": "There is no such folder",
    "demo gaussian --output x.gif --grid --modes 5": "4, 9, 16 or 25 modes",
    "launch --workers 2 -- generate run": "`train ...` or `resume ...`",
    "show dcgan/none": "Unknown preset",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory, trained_once, exported_once):
    """A folder with a run, an export, some data, and much that is broken."""
    here = tmp_path_factory.mktemp("world")
    noise = np.random.default_rng(0)

    def picture(name):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise.integers(0, 256, (8, 8, 3), np.uint8)).save(here / name)

    for number in range(12):
        for folder in ("photos", "sides/A", "sides/B", "one_broken", "bomb"):
            picture(f"{folder}/{number}.png")
    (here / "one_broken/5.png").write_text("no picture")
    header = (here / "photos/0.png").read_bytes()
    of_60000 = (60000).to_bytes(4)
    sizes = b"IHDR" + of_60000 + of_60000 + header[24:29]
    sizes += zlib.crc32(sizes).to_bytes(4)
    (here / "bomb/5.png").write_bytes(header[:12] + sizes + header[33:])
    for name in ("file", "text.npy", "text.png", "m.keras"):
        (here / name).write_text("text")
    for name in ("empty", "dir.npz", "dir.yaml", "dir.pth"):
        (here / name).mkdir()

    images = noise.integers(0, 256, (12, 8, 8, 1), np.uint8)
    labels = np.arange(12) % 3
    np.savez(here / "images.npz", images=images, labels=labels)
    np.savez(here / "objects.npz", images=np.array([{}] * 12, object))
    np.savez(here / "levels.npz", images=images.astype("float32"))
    np.savez(here / "nan.npz", images=np.full(images.shape, np.nan, "float32"))
    np.savez(here / "rank.npz", images=images[..., 0])
    np.savez(here / "few.npz", images=images, labels=labels[1:])
    np.savez(here / "negative.npz", images=images, labels=labels - 1)
    (here / "cut.npz").write_bytes((here / "images.npz").read_bytes()[:200])
    (here / "zero.npz").touch()
    np.save(here / "five.npy", np.zeros((2, 5), "float32"))
    np.save(here / "nan.npy", np.full((2, 4), np.nan, "float32"))
    (here / "list.yaml").write_text("- 1\n")
    (here / "broken.yaml").write_text("a: [1\n")
    (here / "bytes.yaml").write_bytes(b"\xff\xfemodel")

    for name in ("run", "broken_run", "dir_run", "cut_checkpoint", "cut_model"):
        shutil.copytree(trained_once, here / name)
    (here / "broken_run/config.yaml").write_text("model: [")
    (here / "dir_run/config.yaml").unlink()
    (here / "dir_run/config.yaml").mkdir()
    for path in (here / "cut_checkpoint/checkpoints").glob("*/*"):
        path.write_bytes(path.read_bytes()[:2])
    shutil.rmtree(here / "cut_model/checkpoints")
    (here / "cut_model/model.keras").write_bytes(b"PK\x03\x04")
    shutil.copytree(exported_once, here / "served")
    return here


@pytest.fixture
def ended(world, monkeypatch, capfd):
    """Runs a line in that folder; returns its exit code, what it printed, and what it left."""
    monkeypatch.chdir(world)

    def run(words):
        before = sorted(world.rglob("*"))
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main(words)
        output, error = capfd.readouterr()
        left = [path for path in sorted(world.rglob("*")) if path not in before]
        # A machine that is busy may take the two seconds after which progress is shown.
        return end.value.code, output, re.sub(r"(\r[^\r\n]*)+\n", "", error), left

    return run


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_left_behind(line, ended):
    code, output, error, left = ended(shlex.split(line.replace("TINY", TINY)))
    if line.startswith("train") and error.count("\n") == 2:  # the first says what was read
        error = re.sub(r"\A\d[^\n]* in [^\n]*\n", "", error)
    assert code in (1, 2)
    assert error.startswith("Error: ") and error.count("\n") == 1, error
    assert re.search(BAD[line], error), error
    assert (output, left) == ("", [])


def test_names_that_are_no_utf8_are_names(world, tmp_path, monkeypatch, command):
    # pytest-xdist cannot send a record of such a name from one process to another.
    monkeypatch.setattr(logging.getLogger("ganzoo"), "propagate", False)
    monkeypatch.chdir(tmp_path)
    odd = os.fsdecode(b"caf\xe9")
    shutil.copytree(world / "photos", tmp_path / "classes" / odd)
    shutil.copytree(world / "photos", tmp_path / "classes" / "tea")
    shutil.copy(tmp_path / "classes/tea/0.png", tmp_path / "classes/tea" / f"{odd}.png")
    small = "--no-timing --image-size 8 --set batch_size=2"
    for folder in ("./classes", "./classes/tea", f"./classes/{odd}"):
        code, output, _ = command(f"data check {folder} --model dcgan {small}")
        assert code == 0 and "images, split all" in output
    code, output, _ = command(f"data check ./classes --model cdcgan {small}")
    assert code == 0 and "2, of 12 to 13 images" in output
    (tmp_path / "pairs").mkdir()
    Image.new("RGB", (16, 8)).save(tmp_path / "pairs" / f"{odd}.png")
    Image.new("RGB", (16, 8)).save(tmp_path / "pairs" / "a.png")
    code, output, _ = command(f"data check ./pairs --model pix2pix {small}")
    assert code == 0 and "2 in pairs" in output
    line = ["translate", "pix2pix/sample", f"classes/tea/{odd}.png", "--output", "t"]
    code, output, _ = command(" ".join(line))
    assert code == 0 and (tmp_path / "t" / f"{odd}.png").is_file()


def test_a_picture_with_broken_metadata_is_read_in_silence(tmp_path, noise_picture, command):
    noise_picture.save(tmp_path / "plain.png")
    content = (tmp_path / "plain.png").read_bytes()
    start = content.index(b"IDAT") - 4

    def chunk(kind, data):
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    broken = [(b"zTXt", b"Comment\0\0none"), (b"iTXt", b"\xff\xfe"), (b"iCCP", b"icc\0\0none")]
    chunks = b"".join(chunk(*each) for each in [*broken, (b"eXIf", b"II*\0\xff\xff\xff\xff")])
    (tmp_path / "text.png").write_bytes(content[:start] + chunks + content[start:])
    entry = b"\x08\0\0\0\xff\xff\x12\x01\x03\0\xff\xff\xff\xff"  # 65,535 of them, and then nothing
    noise_picture.save(tmp_path / "exif.jpg", exif=b"Exif\0\0II*\0" + entry)
    noise_picture.save(tmp_path / "icc.jpg", icc_profile=b"\0" * 50)
    turned = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0\0\0\0\0"
    noise_picture.save(tmp_path / "turn.jpg", exif=turned)  # an orientation that there is not
    line = "data check ./ --model dcgan --no-timing --image-size 8 --set batch_size=2"
    code, output, error = command(line)
    assert code == 0 and "5 in" in output
    assert not [line for line in error.splitlines() if "images in" not in line]


@pytest.fixture
def noise_picture():
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    return Image.fromarray(noise)
