"""Print Spark's verdict on an archive; run by `test_verify.py` where pyspark is installed."""

import sys
from pathlib import Path

from damage import verified

print(verified(Path(sys.argv[1]), "spark"))
