"""What the tests of the command share: how it is run, and how a test program reports.

The program's first argument is the command; it is known from here on as VENEER, for the program and all its tests.
"""
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "tests/data"
TRIPS = ROOT / "examples/data/trips"

if len(sys.argv) < 2:
    sys.exit(sys.modules["__main__"].__doc__)
VENEER = os.path.abspath(sys.argv[1])


def run(*args, check=None, env=None, cwd=DATA, stdin=None, limit=None, timeout=300):
    """`limit` is called in the new process before the command is; `check` is the exit status that it must have."""
    result = subprocess.run([VENEER, *map(str, args)], capture_output=True, cwd=cwd, input=stdin, timeout=timeout,
                            env={**os.environ, **(env or {})}, preexec_fn=limit)
    if check is not None and result.returncode != check:
        raise AssertionError(f"{args}: exit {result.returncode}, not {check}: {result.stderr.decode(errors='replace')}")
    return result


def on_terminal(*args, width=80, env=None, out=None):
    """Exit status, and what the terminal shows that is standard error, and standard output too without `out`."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(DATA)
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        environment.update({"TERM": "xterm", **(env or {})})
        if out is not None:
            os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), 1)
        os.execve(VENEER, [VENEER, *map(str, args)], environment)
    text = b""
    while True:
        select.select([fd], [], [], 60)
        try:
            part = os.read(fd, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    status = os.waitpid(pid, 0)[1]
    os.close(fd)
    return os.waitstatus_to_exitcode(status), text.decode().replace("\r\n", "\n")


def main():
    """Runs the tests of the program, or those that its further arguments name; its last line is 'N passed, N failed'."""
    program, loader = sys.modules["__main__"], unittest.defaultTestLoader
    names = sys.argv[2:]
    suite = loader.loadTestsFromNames(names, program) if names else loader.loadTestsFromModule(program)
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    for test, reason in result.skipped:
        print(f"SKIPPED: {test}: {reason}")
    # A test of several subtests counts once.
    failed = len({str(test).split(" (")[0] for test, _ in result.failures + result.errors})
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    sys.exit(failed > 0)
