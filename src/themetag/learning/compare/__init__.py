"""Two models side by side, by the answers that both keep."""
