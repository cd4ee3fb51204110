"""sandglass: an in-memory store for things that are only true for a while."""

from sandglass.box import Box, Multi
from sandglass.outcomes import SandglassError
from sandglass.runtime import Clock, ManualClock, SystemClock

__all__ = ["Box", "Clock", "ManualClock", "Multi", "SandglassError", "SystemClock"]
