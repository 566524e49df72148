"""Python functions inside of pipelines, and the end of a process that has some."""

import atexit
import functools
import threading
import time

import tensorflow as tf

_QUIET_SECONDS = 0.05  # after which no more calls are expected: pipelines have filled their buffers
_PATIENCE_SECONDS = 10.0


class _Calls:
    """How many calls are running, and when the last one ended."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running, self.ended = 0, float("-inf")
        atexit.register(self.wait)

    def __enter__(self):
        with self.lock:
            self.running += 1

    def __exit__(self, *_):
        with self.lock:
            self.running -= 1
            self.ended = time.monotonic()

    def wait(self):
        end = time.monotonic() + _PATIENCE_SECONDS
        while (now := time.monotonic()) < end:
            if not self.running and now - self.ended > _QUIET_SECONDS:
                return
            time.sleep(_QUIET_SECONDS / 5)


_calls = _Calls()


def numpy_function(function, inputs, output_type) -> tf.Tensor:
    """`tf.numpy_function`, in pipelines that a process may leave without having read them all.

    A thread of TensorFlow's that comes for Python's lock when the interpreter is ending never gets
    it, and the interpreter waits for that thread: one process in three hung (measured, Python 3.11,
    TensorFlow 2.21). So a process's end waits until pipelines want no more of Python.
    """

    @tf.autograph.experimental.do_not_convert  # which outside of a graph would be tried, in vain
    @functools.wraps(function)
    def counted(*arguments):
        with _calls:
            return function(*arguments)

    return tf.numpy_function(counted, inputs, output_type)
