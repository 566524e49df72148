"""Signals that ask a training to stop."""

import os
import signal

import pytest

from ganzoo.training.stop_signals import SIGNALS, stop_signals


@pytest.mark.parametrize("number", SIGNALS)
def test_each_signal_to_stop_is_received_and_its_handler_comes_back(number):
    handler, received = signal.signal(number, signal.default_int_handler), []
    with stop_signals(lambda number, frame: received.append(number)):
        os.kill(os.getpid(), number)
    assert received == [number]
    assert signal.signal(number, handler) is signal.default_int_handler


def test_a_hangup_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals(pytest.fail):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
