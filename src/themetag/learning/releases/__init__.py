"""Released models: which one is current, and how it came to be."""
