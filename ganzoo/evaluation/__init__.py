"""Models measured: which metrics, against which data."""
