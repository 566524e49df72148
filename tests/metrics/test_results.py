"""Results, and what is written of them."""

import json
import math

import pytest

from ganzoo.metrics import Result


def test_a_result_is_read_from_json_as_it_was_written():
    plain = Result("kid", {"kid": 0.5, "kid_std": math.inf}, {"images": [9, 9]})
    for result in (plain, plain.in_direction("ab"), plain.in_direction("ba")):
        written = json.loads(json.dumps(result.to_json()))
        assert written.keys() == {"metric", "values", "protocol"}
        assert Result.from_json({"step": 3, **written}) == result


def test_names_end_in_the_direction():
    result = Result("cycle_reconstruction", {"l1": 0.1, "psnr": 20.0}).in_direction("ba")
    assert result.metric == "cycle_reconstruction_ba"
    assert result.base_metric == "cycle_reconstruction"
    assert result.values == {"l1_ba": 0.1, "psnr_ba": 20.0}
    assert Result("fid", {"fid": 1.0}).base_metric == "fid"


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"metric": "fid", "values": {"fid": 1.0}},
        {"metric": "fid", "values": {"fid": "x"}, "protocol": {}},
        {"metric": "fid", "values": [1.0], "protocol": {}},
        {"metric": "fid", "values": {"fid": None}, "protocol": {}},
    ],
)
def test_a_record_that_is_no_result_is_an_error(record):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        Result.from_json(record)
