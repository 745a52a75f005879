"""The product's settings, in the run's own data folder; passwords hashed fast."""

import support.environment  # noqa: F401
from muniment.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
