"""Settings for tests: a home of their own, so that a test never touches the data of the checkout it runs in."""

from __future__ import annotations

import os

from tests.ground import home_of_tests

os.environ["GONGZHI_HOME"] = str(home_of_tests())
os.environ["GONGZHI_POOL"] = "0"

from gongzhi.settings import *  # noqa: F403

# Hashing a password properly takes a tenth of a second, thousands of times over; one test turns it on again.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
