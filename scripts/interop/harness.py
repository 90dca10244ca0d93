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


NOT_APPLICABLE = "not applicable: "


def verdicts(reports):
    """Verdict by case ID, from results.json; for a case that does not apply, that and why."""
    path = os.path.join(reports, "results.json")
    try:
        with open(path, encoding="utf-8") as file:
            results = json.load(file)
        left_out = {case["id"]: f"{NOT_APPLICABLE}{case['reason']}" for case in results["notApplicable"]}
        return left_out | {case["id"]: case["verdict"] for case in results["cases"]}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Failed(f"{path} cannot be read: {problem}") from problem


def require_same(reference, others, what):
    """Every case has the verdict it had in the reference run; nothing was left out but what a served enabler cannot do.

    A served enabler has no commands to stop and start it, so its description does not claim 'survives-restart'.
    """
    differences = []
    played = 0
    for case in sorted(set(reference) | set(others)):
        before, now = reference.get(case, "not run"), others.get(case, "not run")
        if now.startswith(NOT_APPLICABLE) and ("'survives-restart'" in now or before.startswith(NOT_APPLICABLE)):
            continue
        played += 1
        if before != now:
            differences.append(f"{case}: {before} before, {now} {what}")
    if differences:
        raise Failed("other verdicts:\n" + "\n".join("      " + line for line in differences))
    due = sum(not verdict.startswith(NOT_APPLICABLE) for verdict in reference.values())
    if played < 0.8 * due:
        raise Failed(f"only {played} of {due} cases were run {what}")
    return played
