"""Training on several devices and machines: strategies, workers, and `launch`."""
