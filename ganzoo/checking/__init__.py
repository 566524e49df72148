"""`data check`: every image of a dataset looked at before training."""
