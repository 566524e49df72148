"""Who the workers are, from TF_CONFIG and from Slurm, and waiting for them."""

import json
import socket
import threading
import time

import pytest

from ganzoo.errors import InputError, ResourceError
from ganzoo.training.distributed import clusters, strategies
from ganzoo.training.distributed.clusters import Cluster, find_cluster
from ganzoo.training.distributed.launching import _free_ports


def tf_config(cluster, kind="worker", index=0):
    return {"TF_CONFIG": json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})}


def test_tf_config_names_the_workers_the_chief_first():
    workers = {"worker": ["a:1", "b:2"]}
    assert find_cluster(tf_config(workers, index=1)) == Cluster(("a:1", "b:2"), 1)
    with_chief = {"worker": ["a:1", "b:2"], "chief": ["c:3"]}
    assert find_cluster(tf_config(with_chief, "chief")) == Cluster(("c:3", "a:1", "b:2"), 0)
    assert find_cluster(tf_config(with_chief, index=1)) == Cluster(("c:3", "a:1", "b:2"), 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "it is not JSON"),
        ("[]", "it has no valid"),
        ('{"cluster": {"worker": ["a:1"]}}', "it has no valid 'task'"),
        (tf_config({"worker": ["a:1"]}, index="x")["TF_CONFIG"], "it has no valid"),
        (tf_config({"ps": ["a:1"], "worker": ["b:1"]})["TF_CONFIG"], "workers and at most a chief"),
        (tf_config(["a:1"])["TF_CONFIG"], "workers and at most a chief"),
        (tf_config({"worker": "a:1"})["TF_CONFIG"], "workers are a list"),
        (tf_config({"worker": ["a"]})["TF_CONFIG"], "'a' is no host:port"),
        (tf_config({"worker": ["a:0"]})["TF_CONFIG"], "'a:0' is no host:port"),
        (tf_config({"worker": ["a:1", "a:1"]})["TF_CONFIG"], "no two workers have one address"),
        (tf_config({"worker": ["a:1"]}, index=1)["TF_CONFIG"], "'worker' 1 is not in its cluster"),
        (tf_config({"worker": ["a:1"]}, "chief")["TF_CONFIG"], "'chief' 0 is not in its cluster"),
    ],
)
def test_a_malformed_tf_config_is_shown_with_what_is_wrong(text, message):
    with pytest.raises(InputError, match="TF_CONFIG must be like") as error:
        find_cluster({"TF_CONFIG": text})
    assert message in str(error.value) and f"Received: {text!r}" in str(error.value)


def slurm(nodes, tasks, rank):
    return {
        "SLURM_PROCID": rank, "SLURM_STEP_NODELIST": nodes, "SLURM_STEP_TASKS_PER_NODE": tasks,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("nodes", "tasks", "rank", "addresses", "index"),
    [
        ("gpu1", "2", "1", ["gpu1:12300", "gpu1:12301"], 1),
        # The order is Slurm's, which is that of the ranks, and not that of the alphabet.
        ("n[9-10]", "1(x2)", "1", ["n9:12300", "n10:12300"], 1),
        ("n[08-09,11],login", "2,1(x3)", "4",
         ["n08:12300", "n08:12301", "n09:12300", "n11:12300", "login:12300"], 4),
        ("rack[1-2]-ib", "1(x2)", "0", ["rack1-ib:12300", "rack2-ib:12300"], 0),
    ],
)  # fmt: skip
def test_slurms_variables_name_the_workers_in_the_order_of_their_ranks(
    nodes, tasks, rank, addresses, index
):
    assert find_cluster(slurm(nodes, tasks, rank)) == Cluster(tuple(addresses), index)


@pytest.mark.parametrize(
    "environment",
    [
        slurm("n[1-2]", "1", "0"), slurm("n1", "1", "1"), slurm("", "", "0"), {"SLURM_PROCID": "0"},
        slurm("n[a-b]", "1(x2)", "0"), slurm("n1", "x", "0"), slurm("n1", "1", "x"),
    ],
)  # fmt: skip
def test_slurms_variables_that_do_not_fit_together_are_shown(environment):
    with pytest.raises(InputError, match="Received: SLURM_PROCID="):
        find_cluster(environment)


def test_without_tf_config_and_slurm_there_is_no_cluster():
    with pytest.raises(InputError, match="neither TF_CONFIG nor SLURM_PROCID"):
        find_cluster({})


def test_workers_that_all_come_are_waited_for():
    addresses = tuple(f"127.0.0.1:{port}" for port in _free_ports(2))
    all_have_come = threading.Event()

    def second():
        clusters.wait_for_all(Cluster(addresses, 1), 20.0)
        # TensorFlow's own server follows, and answers those who ask later.
        with socket.create_server(("", int(addresses[1].rpartition(":")[2]))):
            all_have_come.wait()

    later = threading.Timer(0.5, second)
    later.start()
    clusters.wait_for_all(Cluster(addresses, 0), 20.0)
    all_have_come.set()
    later.join()


def test_a_worker_that_does_not_come_is_named_when_the_time_is_over(monkeypatch):
    first, second, third = _free_ports(3)
    addresses = [f"127.0.0.1:{port}" for port in (first, second, third)]
    monkeypatch.setenv("TF_CONFIG", tf_config({"worker": addresses})["TF_CONFIG"])
    begin = time.monotonic()
    with socket.create_server(("127.0.0.1", third)), pytest.raises(ResourceError) as error:
        strategies.strategy("multi-worker", 6, worker_timeout=0.5)
    assert time.monotonic() - begin < 10
    assert "Of 3 workers 1 did not come within 0.5 s" in str(error.value)
    assert str(error.value).endswith(f"Received: nothing from worker 1 ({addresses[1]})")


def test_a_port_that_is_taken_is_named():
    (port,) = _free_ports(1)
    cluster = Cluster((f"127.0.0.1:{port}", "127.0.0.1:1"), 0)
    with (
        socket.create_server(("", port)),
        pytest.raises(ResourceError, match=f"in use.*Received: 127.0.0.1:{port}"),
    ):
        clusters.wait_for_all(cluster, 5.0)


def test_a_batch_that_the_workers_do_not_divide_is_refused_before_anybody_is_waited_for(
    monkeypatch,
):
    monkeypatch.setenv("TF_CONFIG", tf_config({"worker": ["a:1", "b:1", "c:1"]})["TF_CONFIG"])
    with pytest.raises(InputError, match=r"multiple of the 3 devices\. Received: 64"):
        strategies.strategy("multi-worker", 64)
