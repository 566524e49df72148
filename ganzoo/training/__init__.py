"""Training: `train` and `resume`, and what they are made of."""
