"""What trained generators are asked for: samples, walks, arithmetic, translations."""
