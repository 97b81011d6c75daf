"""For the person on duty: what was set aside is looked at, and brought on its way again.

`python -m recovery --help`, run from the repository's folder; docs/operating.md says when.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The domain and the channels' adapters of this checkout, as Lambda has them on its path.
for folder in (ROOT / "functions", ROOT / "layers" / "sportello"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
