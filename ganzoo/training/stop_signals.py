"""What a process does when it is asked to stop."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator

# Ctrl-C; a scheduler or a user; a terminal that closes; Slurm's warning before the time is up
# (`--signal=USR1@120`).
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)


@contextlib.contextmanager
def stop_signals(receive: Callable) -> Iterator[None]:
    """While it is entered, `SIGNALS` call `receive(number, frame)`, in the main thread.

    In another thread it changes nothing: Python delivers signals to the main thread only. A SIGHUP
    that is ignored, as under `nohup`, stays so.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, receive)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
