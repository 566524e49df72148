"""What is told of a run by its folder."""

import json

from ganzoo import list_runs


def test_a_verdict_has_its_present_name_in_runs_of_earlier_versions_too(tmp_path):
    run = tmp_path / "dcgan-sample-1"
    run.mkdir()
    (run / "config.yaml").write_text("model: dcgan\ndataset: sample\n")
    verdicts = [
        {"step": 50, "verdict": verdict, "play": "images", "message": "What it was."}
        for verdict in ("won", "collapsed")
    ]
    content = {"step": 50, "figures": {}, "verdicts": verdicts}
    (run / "health.json").write_text(json.dumps(content))
    (summary,) = list_runs(tmp_path)
    assert summary.verdicts == ("discriminator_dominates", "collapsed")


def test_a_run_that_died_before_it_wrote_a_status_says_where_it_goes_on(tmp_path):
    run = tmp_path / "dcgan-sample-1"
    for step in (5, 10):
        (run / f"checkpoints/step-{step:08d}").mkdir(parents=True)
    (run / "checkpoints/.step-00000015.part").mkdir()  # was being written
    (run / "config.yaml").write_text("model: dcgan\ndataset: sample\n")
    (summary,) = list_runs(tmp_path)
    assert (summary.state, summary.step, summary.resumes_at) == ("died", 10, 10)
