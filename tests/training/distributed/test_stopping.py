"""Whether to stop, of one process; test_strategies.py has two."""

import tensorflow as tf

from ganzoo.training.distributed.stopping import StopVote


def test_one_process_stops_when_it_is_to_stop_and_asks_nobody():
    vote = StopVote(tf.distribute.get_strategy())
    answers = [False, False, True, False, True]
    assert [vote.after_execution(answer) for answer in answers] == answers
    assert vote.now(True) and not vote.now(False)
