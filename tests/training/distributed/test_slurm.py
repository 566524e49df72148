"""Slurm's short forms written out; and why TensorFlow's own resolver does not do it."""

import pytest
import tensorflow as tf

from ganzoo.training.distributed.slurm import expand_hostlist, expand_tasks_per_node, task_nodes


@pytest.mark.parametrize(
    ("hostlist", "names"),
    [
        ("node", ["node"]),
        ("n[9-10]", ["n9", "n10"]),
        ("n[098-101]", ["n098", "n099", "n100", "n101"]),
        ("a[1,3-4],b,c[7]", ["a1", "a3", "a4", "b", "c7"]),
        ("rack[1-2]-ib", ["rack1-ib", "rack2-ib"]),
        ("r[1-2]n[08-09]", ["r1n08", "r1n09", "r2n08", "r2n09"]),
    ],
)
def test_a_host_list_is_expanded_in_its_order(hostlist, names):
    assert expand_hostlist(hostlist) == names


@pytest.mark.parametrize(
    "hostlist", ["", ",", "a,", "a b", "n[1", "n[]", "n[a-b]", "n[1-2-3]", "n]"]
)
def test_a_malformed_host_list_is_shown(hostlist):
    with pytest.raises(ValueError, match="Not a host list") as error:
        expand_hostlist(hostlist)
    assert str(error.value).endswith(f"Received: {hostlist!r}")


@pytest.mark.parametrize("counts", ["", "2,", "x", "2(3)", "2(x3", "-1"])
def test_malformed_counts_of_tasks_are_shown(counts):
    with pytest.raises(ValueError, match="Not a list of tasks per node"):
        expand_tasks_per_node(counts)


@pytest.mark.parametrize("rank", ["", "3", "-1", "first"])
def test_a_rank_that_no_task_has_is_an_error(rank):
    names = "SLURM_PROCID", "SLURM_STEP_NODELIST", "SLURM_STEP_TASKS_PER_NODE"
    with pytest.raises(ValueError):
        task_nodes(dict(zip(names, (rank, "n[1-2]", "1,2"), strict=True)))


def tensorflows_resolver(monkeypatch, nodes, tasks):
    monkeypatch.setenv("SLURM_PROCID", "0")
    monkeypatch.setenv("SLURM_STEP_NODELIST", nodes)
    monkeypatch.setenv("SLURM_STEP_TASKS_PER_NODE", tasks)
    return tf.distribute.cluster_resolver.SlurmClusterResolver(
        {"worker": 2}, 12_300, gpus_per_node=2, gpus_per_task=1, auto_set_gpu=False
    )


def test_tensorflows_resolver_gives_a_task_the_address_of_another_node(monkeypatch):
    # Slurm puts task 0 on n9. The day that TensorFlow has it there too, use TensorFlow's.
    resolver = tensorflows_resolver(monkeypatch, "n[9-10]", "1(x2)")
    assert resolver.cluster_spec().task_address("worker", 0) == "n10:12300"
    assert resolver.task_id == 0
    assert expand_hostlist("n[9-10]")[0] == "n9"


def test_tensorflows_resolver_does_not_read_names_that_go_on_after_their_brackets(monkeypatch):
    with pytest.raises(ValueError, match="Invalid hostlist format"):
        tensorflows_resolver(monkeypatch, "rack[1-2]-ib", "1(x2)")
