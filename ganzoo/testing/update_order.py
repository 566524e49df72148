"""Whether a compiled step leaves open if a weight is read before or after an update of it.

TensorFlow's optimizer of graphs may drop the edge that orders the two
(`ganzoo.models.gradients.minimize`). How an execution ends then depends on its threads, and a test
that compares results seldom sees it. The optimized graph shows it every time.
"""

from collections import defaultdict

import tensorflow as tf
from tensorflow.python.grappler import tf_optimizer


def optimized_graph(function: tf.types.experimental.ConcreteFunction) -> tf.compat.v1.GraphDef:
    """Returns the graph of a traced function as TensorFlow's optimizer of graphs leaves it."""
    graph = function.graph
    definition = graph.as_graph_def()
    described = tf.compat.v1.train.export_meta_graph(graph=graph, graph_def=definition)
    # What is to be kept: all whose outputs nothing takes, such as updates.
    taken = {_name(tensor) for node in definition.node for tensor in node.input}
    ends = [node.name for node in definition.node if node.name not in taken]
    described.collection_def["train_op"].node_list.value.extend(ends)
    config = tf.compat.v1.ConfigProto()
    config.graph_options.rewrite_options.min_graph_nodes = -1  # small ones too
    return tf_optimizer.OptimizeGraph(config, described)


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
