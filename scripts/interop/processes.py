"""Starts programs, waits until they are there, and ends every one of them by its own process id."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class Failed(Exception):
    """A stage failed; the text says why and where to look."""


def require(program, package):
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise Failed(f"{program} is not installed (package {package}); run scripts/interop/install")
    return path


def free_port():
    """A port on which nobody listens now, below the range from which the kernel gives ports to connections."""
    for _ in range(200):
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Failed("no free port between 20000 and 30000")


def wait_for_port(port, process, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Failed(f"{process.name} ended with {process.returncode}; see {process.log}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise Failed(f"{process.name} does not listen on port {port} after {seconds} s; see {process.log}")


def tail(path, lines=12):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return "".join("      " + line for line in file.readlines()[-lines:]).rstrip()
    except OSError as problem:
        return f"      {problem}"


class Process(subprocess.Popen):
    """A program with a log of its own and, so that a terminal's Ctrl-C reaches only us, a session of its own."""

    def __init__(self, name, command, log, **more):
        self.name = name
        self.log = log
        with open(log, "ab") as out:
            output = {"stdout": out, "stderr": out, **more}
            super().__init__(command, stdin=subprocess.DEVNULL, start_new_session=True, **output)

    def end(self, first=signal.SIGTERM, seconds=10):
        """Asks it to end, then makes it; returns its exit code."""
        if self.poll() is None:
            self.send_signal(first)
            try:
                self.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                self.wait()
        return self.returncode


class Processes:
    """What was started and must not be left behind: `with Processes() as processes`."""

    def __init__(self, folder):
        self.folder = folder
        self.all = []
        self.temporary = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.all):
            process.end()
        for folder in self.temporary:
            shutil.rmtree(folder, ignore_errors=True)

    def temporary_folder(self):
        """A folder under /tmp that goes with the processes."""
        self.temporary.append(tempfile.mkdtemp(prefix="cpmcheck-interop-"))
        return self.temporary[-1]

    def start(self, name, command, **more):
        process = Process(name, command, os.path.join(self.folder, f"{name}.log"), **more)
        self.all.append(process)
        return process

    def run(self, name, command, seconds, **more):
        """Runs a program to its end and returns its exit code; out of time is a failure."""
        process = self.start(name, command, **more)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.end()
            raise Failed(f"{name} was not done after {seconds} s; see {process.log}") from None
