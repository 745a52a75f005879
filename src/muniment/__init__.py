"""Muniment: software that runs a health records department."""

__version__ = "0.1.0"
