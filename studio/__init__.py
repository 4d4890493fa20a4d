"""Harmonium Studio: train energy-based models on your own pictures and play them."""

__version__ = "0.1.0"
