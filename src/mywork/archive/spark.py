"""The engine `spark`: a part is a task, wherever Spark runs; summaries meet in a tree of reduces.

Workers read the parts themselves, so the folder lies where all of them see it, and this package
is installed on each. `SPARK_MASTER` names the cluster; by default it is this machine.
"""

import os
from functools import partial
from pathlib import Path

from pyspark.sql import SparkSession

from mywork.archive.local import summary_of_part
from mywork.archive.summary import Summary, merged


def summary_of(folder: Path, keys: list[str]) -> Summary:
    if not keys:
        return Summary()
    master = os.environ.get("SPARK_MASTER", "local[*]")
    session = SparkSession.builder.master(master).appName("mywork verify-archive").getOrCreate()
    try:
        parts = session.sparkContext.parallelize(keys, len(keys))
        summaries = parts.map(partial(summary_of_part, folder.resolve()))
        found: Summary = summaries.treeReduce(_pair)
        return found
    finally:
        session.stop()


def _pair(left: Summary, right: Summary) -> Summary:
    return merged((left, right))
