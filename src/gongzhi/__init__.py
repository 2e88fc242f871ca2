"""Gongzhi (共治): a city's market supervision as one closed loop."""

from gongzhi import machine_code

__version__ = "0.1.0"

machine_code.use()
