"""What holds for every test."""

from hypothesis import settings

settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")  # a busy machine is no failure; the benchmarks take the time
