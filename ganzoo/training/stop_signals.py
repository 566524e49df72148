"""What a process does when it is asked to stop."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def stop_signals(receive: Callable) -> Iterator[None]:
    """While it is entered, Ctrl-C and SIGTERM call `receive(number, frame)`, in the main thread.

    In another thread it changes nothing: Python delivers signals to the main thread only.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, receive)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
