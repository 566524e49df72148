"""`directions find` and `directions list`."""

import numpy as np


def test_a_direction_is_found_saved_and_listed(command, trained):
    np.save("scores.npy", np.arange(20) % 2)
    code, output, _ = command("directions find run odd --scores scores.npy --threshold 0.5")
    assert (code, output.split()[:3]) == (0, ["odd", "logistic", "0.500"])
    assert command("directions list run")[1] == output


def test_bad_input_is_one_line_and_leaves_everything_as_it_was(refused, trained):
    refused(BAD)


BAD = {
    "directions find run a": (2, "one of --attribute.*Received: none"),
    "directions find run a --scores s.npy --attribute 7": (2, "one of.*Received: 7, s.npy"),
    "directions find run a/b --attribute 7": (2, "A direction's name has.*Received: 'a/b'"),
    "directions find run a --attribute Smiling": (2, "number of a class. Received: 'Smiling'"),
    "directions find run a --classifier no.keras": (2, "a .keras file. Received: 'no.keras'"),
    "directions find run a --scores s.npy --method mean": (2, "did you mean 'means'"),
    "directions list nowhere": (1, "no such run folder. Received: 'nowhere'"),
}
