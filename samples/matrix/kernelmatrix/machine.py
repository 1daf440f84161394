# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""One virtual machine: boots, runs the program it was sent, sends its output back, and is gone within a bounded time."""

import dataclasses
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import time

import debian
from kernelmatrix import image, table

MEMORY_MIB = 2048
OUTPUT_DISK_MIB = 512
CONSOLE_TAIL_LINES = 15
# A killed command leaves no guest behind.
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()


class MachineError(Exception):
    """The guest did not come to its end; the message names the console's log."""


@dataclasses.dataclass(frozen=True)
class GuestResult:
    """exit_code is that of the guest's program; out is the folder with what it left in /matrix/out."""

    exit_code: int
    out: pathlib.Path
    seconds: float


def qemu_command(architecture: table.Architecture) -> list[str]:
    """The installed emulator, or one unpacked into the cache and run with libraries of its own."""
    installed = shutil.which(architecture.qemu)
    if installed:
        return [installed]
    machine = os.uname().machine
    own = table.ARCHITECTURES.get(machine)
    if own is None:
        raise debian.DebianError(f"no {architecture.qemu} here; install {architecture.qemu_package}")
    suites = debian.Suites(table.GUEST_SUITES, own.debian)
    packages = suites.fetch([architecture.qemu_package], with_dependencies=True)

    def make(folder: pathlib.Path) -> None:
        for package in packages:
            debian.unpack(package, folder)

    root = image.once(debian.cache_folder() / "qemu" / image.key_of(*packages), make)
    loader = next(found for found in root.glob("lib*/**/ld-linux-*.so.*") if found.is_file())
    libraries = [f"{root}/{folder}/{machine}-linux-gnu" for folder in ("lib", "usr/lib")]
    command = [str(loader), "--library-path", ":".join(libraries), str(root / "usr/bin" / architecture.qemu)]
    for folder in ("usr/share/qemu", "usr/share/seabios", "usr/lib/ipxe/qemu"):
        command += ["-L", str(root / folder)]
    return command


class Machine:
    """A guest with one kernel; everything it leaves goes into the folder.

    With `counted` it has one CPU whose clock goes by what it executes, 2 ns an instruction, so that CPU times compare.
    """

    def __init__(self, row: table.KernelRow, folder: pathlib.Path, counted: bool = False):
        self.architecture = table.ARCHITECTURES[row.architecture]
        self.cpus = ["-accel", f"tcg,thread={'single' if row.turns or counted else 'multi'}", "-smp", "1" if counted else "2"]
        if counted:
            self.cpus += ["-icount", "shift=1,sleep=off"]
        self.image = image.guest_image(row)
        self.emulator = qemu_command(self.architecture)
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def run(self, files: dict[str, pathlib.Path], timeout_seconds: int, echo: bool = False) -> GuestResult:
        """Boots with the files (name in /matrix: file or folder here; `program` is run) and waits for the end."""
        sent, received = self.folder / "input.tar", self.folder / "output.tar"
        with tarfile.open(sent, "w") as archive:
            for name, file in files.items():
                archive.add(file, name)
        with received.open("wb") as disk:
            disk.truncate(OUTPUT_DISK_MIB * 2**20)
        started = time.monotonic()
        console = self.folder / "console.txt"
        try:
            self._boot(sent, received, console, timeout_seconds, echo)
            out = self._unpack(received, console)
        finally:
            sent.unlink()
            received.unlink()
        return GuestResult(int((out / "exit-code").read_text()), out, time.monotonic() - started)

    def _boot(self, sent, received, console, timeout_seconds: int, echo: bool) -> None:
        command = [
            *DIES_WITH_US, *self.emulator, *self.architecture.machine, *self.cpus, "-m", str(MEMORY_MIB),
            "-nographic", "-no-reboot", "-nic", "none", "-device", "virtio-rng-pci",
            "-kernel", str(self.image.kernel), "-initrd", str(self.image.initrd),
            "-append", f"console={self.architecture.console} quiet panic=-1 mitigations=off random.trust_cpu=on",
            "-drive", f"file={self.image.root},format=raw,if=virtio,snapshot=on",
            "-drive", f"file={sent},format=raw,if=virtio,readonly=on",
            "-drive", f"file={received},format=raw,if=virtio",
        ]
        with console.open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if echo else log,
                stderr=subprocess.STDOUT, start_new_session=True)
            # SIGALRM would be one timer for all; a guest that says nothing must end too.
            deadline = time.monotonic() + timeout_seconds
            try:
                if process.stdout is not None:
                    self._echo(process, log, deadline)
                process.wait(max(1.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired as e:
                raise MachineError(self._failure(console, f"did not end within {timeout_seconds} s")) from e
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    process.wait()

    def _echo(self, process: subprocess.Popen, log, deadline: float) -> None:
        os.set_blocking(process.stdout.fileno(), False)
        while time.monotonic() < deadline:
            data = process.stdout.read(65536)
            if data == b"":
                return
            if data is None:
                time.sleep(0.05)
                continue
            log.write(data)
            log.flush()
            sys.stdout.write(data.decode(errors="replace").replace("\r", ""))
            sys.stdout.flush()

    def _unpack(self, received: pathlib.Path, console: pathlib.Path) -> pathlib.Path:
        try:
            with tarfile.open(received) as archive:
                archive.extractall(self.folder)
        except tarfile.TarError as e:
            raise MachineError(self._failure(console, "sent back half an answer")) from e
        if not (self.folder / "out/exit-code").exists():
            raise MachineError(self._failure(console, "sent nothing back"))
        return self.folder / "out"

    def _failure(self, console: pathlib.Path, what: str) -> str:
        tail = console.read_text(errors="replace").splitlines()[-CONSOLE_TAIL_LINES:]
        return f"the guest with {self.image.version} {what}; see {console}\n" + "\n".join(tail)
