"""Cpmcheck itself: where its program is, how an enabler is served, what a description of one says, what a run found."""

import json
import os
import time

from processes import Failed, tail

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOMAIN = "cpm.example"


def program():
    """The built program; CPMCHECK names another one."""
    path = os.environ.get("CPMCHECK") or os.path.join(ROOT, ".build", "debug", "cpmcheck")
    if not os.access(path, os.X_OK):
        raise Failed(f"{path} is not there; build first (swift build), or name the program in CPMCHECK")
    return path


class Enabler:
    """`cpmcheck serve enabler` in a process of its own; `ready` is what its first line says."""

    def __init__(self, processes, name, arguments=()):
        command = [program(), "serve", "enabler", "--listen", "127.0.0.1:0", *arguments]
        self.lines = os.path.join(processes.folder, f"{name}.ready")
        with open(self.lines, "wb") as out:
            self.process = processes.start(name, command, stdout=out)
        self.ready = self._wait(20)

    def _wait(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with open(self.lines, encoding="utf-8") as file:
                line = file.readline()
            if line.endswith("\n"):
                if not line.startswith("ready {"):
                    raise Failed(f"the enabler's first line is not 'ready {{…}}' but {line!r}")
                return json.loads(line[len("ready "):])
            if self.process.poll() is not None:
                raise Failed(f"the enabler ended with {self.process.returncode}:\n{tail(self.process.log)}")
            time.sleep(0.05)
        raise Failed(f"the enabler said nothing within {seconds} s:\n{tail(self.process.log)}")

    @property
    def sip_port(self):
        return int(self.ready["sip"].rsplit(":", 1)[1])

    def end(self):
        return self.process.end()


def run(processes, name, arguments=(), seconds=180):
    """`cpmcheck run` to its end; returns (exit code, folder of the reports)."""
    reports = os.path.join(processes.folder, name)
    code = processes.run(f"cpmcheck-{name}", [program(), "run", "--reports", reports, *arguments], seconds)
    return code, reports


def verdicts(reports):
    """Verdict by case ID, from results.json."""
    path = os.path.join(reports, "results.json")
    try:
        with open(path, encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        return {case["id"]: case["verdict"] for case in cases}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Failed(f"{path} cannot be read: {problem}") from problem


def require_same(reference, others, what):
    """Every case has the verdict it had in the reference run; nothing was left out."""
    differences = [
        f"{case}: {reference.get(case, 'not run')} before, {others.get(case, 'not run')} {what}"
        for case in sorted(set(reference) | set(others)) if reference.get(case) != others.get(case)]
    if differences:
        raise Failed("other verdicts:\n" + "\n".join("      " + line for line in differences))
    if not others:
        raise Failed(f"no case was run {what}")
