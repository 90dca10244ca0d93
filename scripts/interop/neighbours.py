"""The programs that others wrote: sipp, Kamailio, and dumpcap (tshark's capturing part)."""

import os
import re
import shutil
import signal
import time

from processes import Failed, free_port, require, tail, wait_for_port

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(HERE, "sipp")


class Sipp:
    """Runs scenarios of scripts/interop/sipp, one call each, over one TCP socket."""

    def __init__(self, processes, domain="cpm.example"):
        self.processes = processes
        self.program = require("sipp", "sip-tester")
        self.domain = domain

    def _command(self, scenario, name, port, seconds, more):
        log = os.path.join(self.processes.folder, name)
        return [self.program, "-sf", os.path.join(SCENARIOS, scenario), "-i", "127.0.0.1", "-p", str(port), "-t", "t1",
                "-m", "1", "-key", "domain", self.domain, "-nostdin", "-timeout", str(seconds), "-timeout_error",
                "-trace_err", "-error_file", f"{log}.errors", "-trace_msg", "-message_file", f"{log}.messages", *more]

    def answer(self, scenario, port):
        """Starts a scenario that waits to be called."""
        name = f"sipp-{scenario[:-4]}"
        process = self.processes.start(name, self._command(scenario, name, port, 15, ["-s", "sipp-user"]))
        wait_for_listener(port, process)
        return process

    def call(self, scenario, target, arguments=(), name=None):
        """Runs a scenario that calls `target`; anything but success is a failure that shows sipp's reason."""
        name = name or f"sipp-{scenario[:-4]}"
        more = ["-recv_timeout", "5000", *arguments]
        if "-s" not in arguments:
            more += ["-s", "sipp-user"]
        command = self._command(scenario, name, free_port(), 20, more)
        code = self.processes.run(name, [command[0], target, *command[1:]], 30)
        if code != 0:
            errors = os.path.join(self.processes.folder, f"{name}.errors")
            raise Failed(f"{name} ended with {code}:\n{tail(errors)}")

    @staticmethod
    def finish(process, seconds=16):
        """The answering end must have seen its whole scenario too."""
        code = process.wait(seconds)
        if code != 0:
            raise Failed(f"{process.name} ended with {code}:\n{tail(process.log[:-4] + '.errors')}")


def wait_for_listener(port, process, seconds=10):
    """Waits without connecting, which sipp would take for the caller."""
    wanted = f":{port:04X} 00000000:0000 0A"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with open("/proc/net/tcp", encoding="ascii") as file:
            if wanted in file.read():
                return
        if process.poll() is not None:
            raise Failed(f"{process.name} ended with {process.returncode}; see {process.log}")
        time.sleep(0.05)
    raise Failed(f"{process.name} does not listen on port {port}; see {process.log}")


class Kamailio:
    """An outbound proxy in front of an enabler, with everything it writes in a folder of its own."""

    def __init__(self, processes, enabler_port, domain="cpm.example"):
        self.port = free_port()
        self.folder = processes.temporary_folder()
        values = {"DEBUG": "2", "PROXY_HOST": "127.0.0.1", "PROXY_PORT": str(self.port), "DOMAIN": domain,
                  "ENABLER_HOST": "127.0.0.1", "ENABLER_PORT": str(enabler_port)}
        with open(os.path.join(HERE, "kamailio.cfg.in"), encoding="utf-8") as file:
            text = re.sub(r"@([A-Z_]+)@", lambda found: values[found.group(1)], file.read())
        configuration = os.path.join(processes.folder, "kamailio.cfg")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(text)
        # -DD: in the foreground, as the current user; its children end with it.
        command = [require("kamailio", "kamailio"), "-DD", "-E", "-f", configuration, "-m", "64", "-M", "8",
                   "-P", os.path.join(self.folder, "pid"), "-w", self.folder, "-Y", self.folder]
        self.process = processes.start("kamailio", command)
        wait_for_port(self.port, self.process)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def end(self):
        code = self.process.end()
        if code != 0:
            raise Failed(f"Kamailio ended with {code}; see {self.process.log}")


NO_RIGHTS = """no packets can be captured on loopback here, and without a capture nobody independent has seen the wire.
      dumpcap says: {reason}
      Run this as root, or let your user capture:
          sudo dpkg-reconfigure wireshark-common   (answer yes), then sudo usermod -aG wireshark $USER, and log in again
      In a container the capability NET_RAW is needed (docker run --cap-add=NET_RAW)."""


class Capturing:
    """A capture of TCP on loopback. `filter` is a pcap filter that names the ports of interest."""

    def __init__(self, processes, name, ports="portrange 1024-65535"):
        self.processes = processes
        # dumpcap gives up root's right to write anywhere: it writes where this user owns the folder.
        self.folder = processes.temporary_folder()
        self.written = os.path.join(self.folder, f"{name}.pcapng")
        self.path = os.path.join(processes.folder, f"{name}.pcapng")
        command = [require("dumpcap", "tshark"), "-q", "-i", "lo", "-B", "64", "-f", f"tcp {ports}", "-w", self.written]
        self.process = processes.start(f"dumpcap-{name}", command)
        end = time.monotonic() + 10
        while not os.path.exists(self.written) or os.path.getsize(self.written) < 100:
            if self.process.poll() is not None or time.monotonic() > end:
                reason = tail(self.process.log, 4).strip() or "nothing"
                self.process.end()
                raise Failed(NO_RIGHTS.format(reason=reason))
            time.sleep(0.05)

    def stop(self):
        """Ends the capture so that its statistics are written; the file is then at `path`."""
        time.sleep(1)  # what was on the wire a moment ago is still in the kernel's buffer
        code = self.process.end(first=signal.SIGINT)
        if os.path.exists(self.written):
            shutil.move(self.written, self.path)
        if code != 0:
            raise Failed(f"dumpcap ended with {code}:\n{tail(self.process.log)}")
        return self.path
