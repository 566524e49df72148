"""The folder of a run: what lies in it, how it is named, how its model is loaded again."""
