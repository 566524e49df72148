"""The training step as tutorials write it, on the networks of a model of the zoo."""
