"""Names -> `tf.distribute` strategies, and what training under one of several workers needs.

Whatever the strategy, `batch_size` is the global batch, and learning rates are not touched.
"""

import contextlib
import faulthandler
import logging
import os
import re
import signal
import threading

import tensorflow as tf

from ganzoo.data.pipeline import Pipeline
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.training.distributed import clusters

logger = logging.getLogger(__name__)
STRATEGIES = ("auto", "none", "mirrored", "multi-worker", "tpu")


def strategy(name: str, batch_size: int, worker_timeout: float = 300.0) -> tf.distribute.Strategy:
    """Returns the strategy of that name.

    Args:
        name: `"none"`: TensorFlow's default, one device. `"mirrored"`: every GPU of this machine,
            or its one CPU. `"multi-worker"`: every GPU of all processes that `TF_CONFIG` or Slurm
            names. `"tpu"`. `"auto"`: mirrored if there is more than one GPU and the batch can be
            split evenly among them, otherwise none.
        batch_size: the global batch, which is split among the replicas.
        worker_timeout: how many seconds to wait for the other workers.

    Raises:
        InputError: if there is no such strategy, the workers are missing or malformed in the
            environment, or the batch cannot be split evenly.
        ResourceError: if a worker does not answer, a port is taken, or there is no TPU.
    """
    if name not in STRATEGIES:
        raise unknown("strategy", name, STRATEGIES)
    if name == "auto":
        gpus = len(tf.config.list_physical_devices("GPU"))
        name = "mirrored" if gpus > 1 and batch_size % gpus == 0 else "none"
        if name == "none" and gpus > 1:
            logger.warning(
                "Training on one of %d GPUs: a batch of %d cannot be split evenly", gpus, batch_size
            )
    if name == "none":
        return tf.distribute.get_strategy()
    if name == "mirrored":
        chosen = tf.distribute.MirroredStrategy()
    elif name == "multi-worker":
        chosen = _multi_worker(batch_size, worker_timeout)
    else:
        chosen = _tpu()
    _check_batch_size(batch_size, chosen.num_replicas_in_sync)
    return chosen


def _check_batch_size(batch_size, replicas):
    if batch_size % replicas:
        raise InputError(
            f"The batch size must be a multiple of the {replicas} devices. Received: {batch_size}"
        )


def _multi_worker(batch_size, timeout):
    cluster = clusters.find_cluster()
    _check_batch_size(batch_size, len(cluster.addresses))  # before waiting for the others
    if len(cluster.addresses) == 1:
        return tf.distribute.MirroredStrategy()
    clusters.wait_for_all(cluster, timeout)
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": cluster.addresses}), "", "worker", cluster.index,
        rpc_layer="grpc",
    )  # fmt: skip
    others = [cluster.name(i) for i in range(len(cluster.addresses)) if i != cluster.index]
    logger.info("Connecting to %s, for %g s at most", ", ".join(others), timeout)
    # If a worker has ended since, or another program answers in its place, TensorFlow waits without
    # end, ignores signals and holds Python's lock: only this timer ends the process.
    faulthandler.dump_traceback_later(timeout, exit=True)
    try:
        chosen = tf.distribute.MultiWorkerMirroredStrategy(resolver)
    finally:
        faulthandler.cancel_dump_traceback_later()
    if threading.current_thread() is threading.main_thread():
        # TensorFlow has installed a handler of its own, which would swallow the first SIGTERM.
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGTERM))
    return chosen


def _tpu():
    name = os.environ.get("TPU_NAME", "local")
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(name)
        if name != "local":
            tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    except (ValueError, RuntimeError, tf.errors.OpError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ResourceError(f"There is no TPU: {reason}. Received: TPU_NAME={name!r}") from error
    return tf.distribute.TPUStrategy(resolver)


def has_workers(strategy: tf.distribute.Strategy) -> bool:
    """Returns whether several processes train together, each of which runs the same program."""
    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)


def is_chief(name: str) -> bool:
    """Returns whether this process is the one that writes: the only one, or the first worker.

    Args:
        name: as in `strategy`.

    Raises:
        InputError: if the workers are missing or malformed in the environment.
    """
    return name != "multi-worker" or clusters.find_cluster().index == 0


def shard_dataset(
    strategy: tf.distribute.Strategy, pipeline: Pipeline, first_step: int
) -> tf.data.Dataset | tf.distribute.DistributedDataset:
    """Returns a pipeline's batches for `fit`, each split into one shard for each replica, in order.

    A worker reads and decodes the shards of its own replicas only.

    Args:
        strategy: what `strategy` returned.
        pipeline: of global batches.
        first_step: the step of training to start at.
    """
    replicas = strategy.num_replicas_in_sync
    if replicas == 1:
        return pipeline.stream(first_step)

    def shards_of_worker(context):
        count = replicas // context.num_input_pipelines
        first = context.input_pipeline_id * count
        return pipeline.stream(first_step, replicas, range(first, first + count))

    return strategy.distribute_datasets_from_function(shards_of_worker)


def all_gather(strategy: tf.distribute.Strategy, number: int) -> list[int]:
    """Returns every worker's number, the chief's first; waits until all workers have called it."""
    if not has_workers(strategy):
        return [number]
    of_replicas = strategy.experimental_distribute_values_from_function(
        lambda _: tf.constant([number], tf.int64)
    )
    numbers = strategy.gather(of_replicas, axis=0).numpy().tolist()
    workers = len(strategy.cluster_resolver.cluster_spec().as_dict()["worker"])
    return numbers[:: len(numbers) // workers]


@contextlib.contextmanager
def worker_lost(strategy: tf.distribute.Strategy):
    """Replaces TensorFlow's error about a lost worker by one that names the worker.

    TensorFlow notices within ten seconds: by a broken connection, or by missing heartbeats.

    Raises:
        ResourceError: in place of that error.
    """
    try:
        yield
    except tf.errors.OpError as error:
        if not has_workers(strategy):
            raise
        resolver = strategy.cluster_resolver
        addresses = tuple(resolver.cluster_spec().as_dict()["worker"])
        cluster = clusters.Cluster(addresses, resolver.task_id)
        lost = set(clusters.unreachable(cluster))
        if isinstance(error, tf.errors.UnavailableError):
            lost |= {int(task) for task in re.findall(r"/task:(\d+)", str(error))}
        lost -= {cluster.index}
        if not lost:
            raise
        names = ", ".join(map(cluster.name, sorted(lost)))
        raise ResourceError(
            "A worker is gone, and the others cannot go on without it; resume all of them, and "
            f"training goes on from its last checkpoint. Received: nothing more from {names}"
        ) from error
