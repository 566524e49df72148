"""`launch`: what it does not run, how it splits GPUs, and when it resumes."""

import pytest

from ganzoo import launch
from ganzoo.errors import InputError
from ganzoo.runs import folder
from ganzoo.training.distributed import launching


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        ([], {}, "What several workers can run"),
        (["generate", "run"], {}, "Received: 'generate run'"),
        (["train", "dcgan", "--distribute=none"], {}, "launch itself says how"),
        (["train", "dcgan", "--distribute", "none"], {}, "launch itself says how"),
        (["train", "dcgan"], {"workers": 0}, "Workers must be at least 1"),
        (["train", "dcgan"], {"restarts": -1}, "restarts at least 0"),
        (["train", "dcgan"], {"port": 65_535}, "Received: 2, 3, 65535"),
    ],
)
def test_what_cannot_be_launched_is_refused(arguments, settings, message):
    with pytest.raises(InputError, match=message):
        launch(arguments, **{"workers": 2} | settings)


def test_gpus_are_split_in_equal_parts(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,2,3,5")
    assert launching._split_gpus(2) == [["0", "2"], ["3", "5"]]
    with pytest.raises(InputError, match=r"4 GPUs cannot be split evenly.*Received: 3 workers"):
        launching._split_gpus(3)
    for none in ("", "-1"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", none)
        assert launching._split_gpus(2) is None


@pytest.mark.parametrize(
    ("options", "begins_a_run", "resumes"),
    [([], True, True), ([], False, False), (["--run-dir=faces"], False, True)],
)
def test_killed_workers_resume_their_own_run_and_no_older_one(
    tmp_path, monkeypatch, options, begins_a_run, resumes
):
    monkeypatch.chdir(tmp_path)
    (folder.RUNS / "dcgan-sample-1").mkdir(parents=True)
    attempts = []

    def run(arguments, *_):
        attempts.append(list(arguments))
        if begins_a_run:
            (folder.RUNS / "dcgan-sample-2").mkdir(exist_ok=True)
        return [-9, 0] if len(attempts) == 1 else [0, 0]

    monkeypatch.setattr(launching, "_run", run)
    launch(["train", "dcgan", *options], workers=2)
    assert ["--resume" in attempt for attempt in attempts] == [False, resumes]
