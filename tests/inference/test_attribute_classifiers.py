"""Classifiers of attributes: trained on the data of a run, and asked."""

import pytest

import ganzoo
from ganzoo.errors import InputError
from ganzoo.inference.attribute_classifiers import classify
from ganzoo.runs.folder import Run


@pytest.fixture
def run(tmp_path):
    """The folder of a run that has its settings; nothing else is read."""
    Run(tmp_path).write_config(ganzoo.load_config("dcgan", image_size=8, batch_size=64))
    return tmp_path


def test_a_classifier_is_trained_on_the_runs_data(run):
    classifier, accuracy = ganzoo.train_classifier(run, "1", epochs=5)  # 1 is trousers
    assert accuracy > 0.95  # one in ten is, so 0.9 is nothing
    images, labels = next(
        iter(ganzoo.load_dataset("sample", "labelled", image_shape=(8, 8, 1), batch_size=256))
    )
    said = classify(classifier, images.numpy())[:, 0] > 0
    trousers = labels.numpy() == 1
    assert said[trousers].mean() > 0.6 > 0.1 > said[~trousers].mean()


def test_the_data_of_a_run_with_attributes_has_classes_too(tmp_path):
    settings = {"image_size": 8, "batch_size": 1000, "attributes": ["dark"]}
    Run(tmp_path).write_config(ganzoo.load_config("cdcgan", **settings))
    _, accuracy = ganzoo.train_classifier(tmp_path, "1", epochs=1)
    assert accuracy > 0.5


def test_an_attribute_that_the_data_does_not_have_is_refused(run):
    with pytest.raises(InputError, match=r"number of a class\. Received: 'Smiling'"):
        ganzoo.train_classifier(run, "Smiling")
