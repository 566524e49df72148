"""Functions that return functional `keras.Model`s: layers and shapes, no loss and no training."""
