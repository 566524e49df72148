"""TensorFlow Datasets: preparing them, their archives, and a builder of our own."""
