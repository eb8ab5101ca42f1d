"""Years of articles, read and grouped by many workers: Parquet in and out, on Dask.

The same pipeline as the desk's, cut in two. `read_archive` turns files into articles and claims, a partition at a time;
`group_archive` brings their claims together. Both write what is finished at once, and go on where they were stopped.

Dask and pyarrow are imported by the functions that need them.
"""

from tocsin.archive.clusters import Cluster
from tocsin.archive.grouping import GroupOptions, group_archive
from tocsin.archive.manifest import Manifest, describe_archive, load_manifest
from tocsin.archive.ports import Edge, Page, Versions
from tocsin.archive.progress import Progress
from tocsin.archive.reading import ReadOptions, read_archive
from tocsin.archive.refusals import ArchiveError

__all__ = [
    "ArchiveError", "Cluster", "Edge", "GroupOptions", "Manifest", "Page", "Progress", "ReadOptions", "Versions",
    "describe_archive", "group_archive", "load_manifest", "read_archive",
]  # fmt: skip
