"""Weights that others trained: files of PyTorch become runs.

1. `tensor_files` reads a file, whatever its format, as arrays by name.
2. `layouts/` says, network by network, which of them are which weights here, and which sizes of a
   model they state.
3. `importing` finds the layout that fits, makes the model, and writes the folder of a run.
"""
