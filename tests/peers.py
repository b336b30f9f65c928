"""The other readers and writers that tests compare with: DuckDB, pyarrow and polars, in one Python.

Where the Python that runs has not all of them, they are installed from PyPI into the cache of tests/s3/real_servers.py,
but not with VENEER_TEST_INSTALL=0.
"""
import fcntl
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent / "s3"))
from real_servers import CACHE, INSTALL, install


def with_peers():
    """Whether this Python has the peers; else goes on in one that has, where it can be made."""
    try:
        import duckdb
        import polars
        import pyarrow
        return bool(duckdb and polars and pyarrow)
    except ImportError:
        pass
    home = CACHE / "peers"
    python = home / "bin" / "python"
    done = home / "installed"
    if sys.executable == str(python) or (not done.exists() and not INSTALL):
        return False
    CACHE.mkdir(parents=True, exist_ok=True)
    lock = open(CACHE / "peers.lock", "w")  # tests run side by side; closed by exec
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not done.exists():
        if not (install("peers", [sys.executable, "-m", "venv", home]) and
                install("peers", [python, "-m", "pip", "install", "-q", "duckdb", "polars", "pyarrow"])):
            return False
        done.touch()
    os.execv(python, [python, *sys.argv])
