"""From the last lines of a server's log to a cause and a remedy.

>>> from vitessctl.diagnose import diagnose
>>> diagnose(["listen tcp 127.0.0.1:15001: bind: address already in use"], "24", "vtgate").cause
'port 15001 is in use by another process'
"""

from __future__ import annotations

from vitessctl.diagnose.diagnosis import Diagnosis, diagnose
from vitessctl.diagnose.lines import readable

__all__ = ["Diagnosis", "diagnose", "readable"]
