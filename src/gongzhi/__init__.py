"""Gongzhi (共治): a city's market supervision as one closed loop."""

__version__ = "0.1.0"
