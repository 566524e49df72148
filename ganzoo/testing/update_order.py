"""Whether a compiled step leaves open if a weight is read before or after an update of it.

TensorFlow's optimizer of graphs may drop the edge that orders the two
(`ganzoo.models.gradients.minimize`). How an execution ends then depends on its threads, and a test
that compares results seldom sees it. The optimized graph shows it every time.
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf


@contextlib.contextmanager
def optimized_graphs(folder: Path) -> Iterator[list[tf.compat.v1.GraphDef]]:
    """Yields a list that on leaving has the graphs, as executed, of all functions traced within.

    Args:
        folder: an empty one, for TensorFlow's record of them.
    """
    graphs = []
    tf.summary.trace_on(graph=True, profiler=False)
    yield graphs
    with tf.summary.create_file_writer(str(folder)).as_default():
        tf.summary.trace_export("step", step=0)
    tf.summary.trace_off()
    (file,) = folder.iterdir()
    for record in tf.data.TFRecordDataset(str(file)):
        for value in tf.compat.v1.Event.FromString(record.numpy()).summary.value:
            metadata = tf.compat.v1.RunMetadata.FromString(value.tensor.string_val[0])
            graphs.extend(one.post_optimization_graph for one in metadata.function_graphs)


def reads_and_updates(graph) -> list[tuple[str, str, bool]]:
    """Returns each pair of a read and an update of one variable, and whether they are in order.

    Args:
        graph: a `GraphDef`.
    """
    nodes = {node.name: node for node in graph.node}
    before = _ancestors(nodes)
    reads, updates = defaultdict(list), defaultdict(list)
    for node in graph.node:
        if node.op == "ReadVariableOp":
            reads[_variable(node, nodes)].append(node.name)
        elif _is_update(node.op):
            updates[_variable(node, nodes)].append(node.name)
    return [
        (read, update, read in before[update] or update in before[read])
        for variable in updates
        for update in updates[variable]
        for read in reads[variable]
    ]


def _is_update(op: str) -> bool:
    return op.startswith("ResourceApply") or (op.startswith("Assign") and "Variable" in op)


def _name(tensor: str) -> str:
    """The node of an input, `^node` or `node:output`."""
    return tensor.lstrip("^").split(":")[0]


def _variable(node, nodes) -> str:
    """The node that a read's or an update's handle comes from."""
    name = _name(node.input[0])
    while nodes[name].op == "Identity":
        name = _name(nodes[name].input[0])
    return name


def _ancestors(nodes) -> dict[str, set[str]]:
    """Returns for each node all that is executed before it."""
    found = {}
    for start in nodes:
        waiting = [start]
        while waiting:
            inputs = {_name(tensor) for tensor in nodes[waiting[-1]].input}
            missing = [name for name in inputs if name not in found]
            if missing:
                waiting.extend(missing)
            else:
                found[waiting.pop()] = inputs.union(*(found[name] for name in inputs))
    return found
