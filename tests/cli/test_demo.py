"""`demo gaussian`: what it refuses; tests/demo/ has what it does."""


def test_bad_input_is_one_line_and_leaves_everything_as_it_was(refused):
    refused(BAD)


BAD = {
    "demo gaussian --modes 21 --output a.gif": (2, "Modes must be 1 to 20. Received: 21"),
    "demo gaussian --dimensions 3 --output a.gif": (2, "Choose from: 2, 1. Received: '3'"),
    "demo gaussian --steps 0 --output a.gif": (2, "'--steps': 0 is not in the range x>=1"),
    f"demo gaussian --seed {2**63} --output a.gif": (2, "A seed must be in 0 to"),
    "demo gaussian --output a.png": (2, "Unknown format.*Received: '.png'"),
}
