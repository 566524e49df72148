"""What is told of a run that an earlier version of ganzoo made."""

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
