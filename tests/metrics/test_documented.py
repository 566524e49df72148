import re
from pathlib import Path

import keras
import numpy as np

DOCUMENT = Path(__file__).parents[2] / "docs/metrics.md"


def test_the_documents_example_runs_and_prints_a_distance_with_its_protocol(capsys):
    inputs = keras.Input((None, None, 3))
    features = keras.layers.Dense(4)(keras.layers.GlobalAveragePooling2D()(inputs))
    logits = keras.layers.Dense(3)(features)
    model = keras.Model(inputs, {"features": features, "logits": logits}, name="small")
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S)
    assert code.count('"inception"') == 1
    images = np.random.default_rng(0).uniform(-1, 1, (2, 9, 8, 8, 3))
    names = {"real_batches": [images[0]], "fake_batches": [images[1]], "model": model}
    exec(code.replace('"inception"', "model"), names)
    printed = capsys.readouterr().out
    assert printed.startswith("{'metric': 'fid', 'values': {'fid': 0.")
    assert "'images': [9, 9], 'dimensions': 4, 'extractor': 'small', 'digest': '" in printed
    assert names["score"].count == len(names["bank"].features) == 9
