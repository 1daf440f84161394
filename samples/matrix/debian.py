# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Packages of other Debian suites and architectures, through an apt configuration of our own.

Nothing is installed: apt's lists, its package status and the packages themselves live in our cache folder. The mirror
is the one that the machine's own apt sources name, and so are the keys that are trusted.
"""

import os
import pathlib
import re
import subprocess
import time

LISTS_VALID_SECONDS = 24 * 3600
UPDATE_TIMEOUT_SECONDS = 1200
DOWNLOAD_TIMEOUT_SECONDS = 600
KEYRING = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")
URI_LINE = re.compile(r"^'(?P<uri>[^']+)' (?P<file>\S+) (?P<size>\d+) ")


class DebianError(Exception):
    """A package or a suite cannot be had; the message says which and why."""


def cache_folder() -> pathlib.Path:
    """Where downloads are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = pathlib.Path(base) / "tapedeck-matrix"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run(command: list[str], timeout_seconds: int, folder: pathlib.Path | None = None) -> str:
    """Runs a command to its end and returns what it printed."""
    environment = dict(os.environ, LC_ALL="C", DEBIAN_FRONTEND="noninteractive")
    try:
        result = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=timeout_seconds, check=False)
    except FileNotFoundError as e:
        raise DebianError(f"{command[0]} is not installed") from e
    except subprocess.TimeoutExpired as e:
        raise DebianError(f"{command[0]} did not end within {timeout_seconds} s") from e
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if line.startswith("E:")]
        raise DebianError(f"{command[0]}: {' '.join(lines) or result.stderr.strip()[-300:]}")
    return result.stdout


def mirror() -> str:
    """The address from which this machine takes Debian's packages."""
    listed = run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)",
                  "Created-By: Packages"], UPDATE_TIMEOUT_SECONDS)
    for line in listed.splitlines():
        if line.endswith(" Debian Debian"):
            return line.split(" ")[0]
    raise DebianError("no Debian mirror among apt's sources; run apt-get update")


def numbers_in(name: str) -> list[int]:
    """What versions in a name are compared by."""
    return [int(number) for number in re.findall(r"\d+", name)]


class Suites:
    """Some suites of the mirror for one architecture (Debian's name for it: amd64, arm64)."""

    def __init__(self, suites: tuple[str, ...], architecture: str):
        self.name = f"{'+'.join(suites)} {architecture}"
        self.home = cache_folder() / "apt" / f"{'+'.join(suites)}-{architecture}"
        self.packages = cache_folder() / "packages" / architecture
        for folder in (self.home / "lists/partial", self.home / "cache/archives/partial", self.packages):
            folder.mkdir(parents=True, exist_ok=True)
        # An empty status: whatever is installed here doesn't stand in for what the guest needs.
        (self.home / "status").touch()
        self.options = [
            option for key, value in {
                "APT::Architecture": architecture, "APT::Architectures::": architecture,
                "APT::Sandbox::User": "", "APT::Get::List-Cleanup": "false",
                "Dir::Etc::sourcelist": self.home / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
                "Dir::Etc::preferencesparts": "/dev/null", "Dir::State": self.home,
                "Dir::State::status": self.home / "status", "Dir::Cache": self.home / "cache",
                "Acquire::Languages": "none", "Acquire::Retries": 3,
            }.items() for option in ("-o", f"{key}={value}")]
        self.update(suites)

    def update(self, suites: tuple[str, ...]) -> None:
        """Fetches the suites' lists unless they are young."""
        stamp = self.home / "updated"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_VALID_SECONDS:
            return
        signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
        uri = mirror()
        (self.home / "sources.list").write_text(
            "".join(f"deb {signed}{uri} {suite} main\n" for suite in suites), encoding="utf-8")
        run(["apt-get", *self.options, "-qq", "update"], UPDATE_TIMEOUT_SECONDS)
        stamp.touch()

    def newest(self, pattern: str, parts: str = "") -> list[str]:
        """The package whose whole name matches and has the highest numbers in it, and its parts.

        parts matches the names of those packages that it needs to be whole; a suite may have lost some of an old one's.
        """
        prefix = re.match(r"[a-z-]*", pattern).group()
        names = run(["apt-cache", *self.options, "pkgnames", prefix], UPDATE_TIMEOUT_SECONDS).split()
        matching = [name for name in names if re.fullmatch(pattern, name)]
        for name in sorted(matching, key=numbers_in, reverse=True):
            needed = re.findall(r"^ +\|?Depends: (\S+)", run(["apt-cache", *self.options, "depends", name],
                                                            UPDATE_TIMEOUT_SECONDS), re.MULTILINE)
            found = [part for part in needed if re.fullmatch(parts, part)]
            # apt puts names that no package has in angle brackets.
            if not any(re.fullmatch(parts, part.strip("<>")) for part in needed if part.startswith("<")):
                return [name, *found]
        raise DebianError(f"no package {pattern} in {self.name}")

    def fetch(self, names: list[str], with_dependencies: bool = False) -> list[pathlib.Path]:
        """Downloads packages, with all that they depend on if asked, and returns the files."""
        verb = ["-y", "--no-install-recommends", "install"] if with_dependencies else ["download"]
        plan = run(["apt-get", *self.options, "--print-uris", *verb, *names], UPDATE_TIMEOUT_SECONDS)
        wanted = [match for match in map(URI_LINE.match, plan.splitlines()) if match]
        missing = [match for match in wanted if not self._is_there(match["file"], int(match["size"]))]
        if missing:
            packages = [match["file"].split("_")[0] for match in missing]
            run(["apt-get", *self.options, "-qq", "download", *packages], DOWNLOAD_TIMEOUT_SECONDS,
                self.packages)
        for match in wanted:
            if not self._is_there(match["file"], int(match["size"])):
                raise DebianError(f"{match['file']} of {self.name} did not arrive whole")
        return sorted(self.packages / match["file"] for match in wanted)

    def _is_there(self, name: str, size_bytes: int) -> bool:
        file = self.packages / name
        return file.exists() and file.stat().st_size == size_bytes


def unpack(package: pathlib.Path, folder: pathlib.Path) -> None:
    """Unpacks a package's files below the folder, as the user who asks."""
    folder.mkdir(parents=True, exist_ok=True)
    run(["dpkg-deb", "-x", str(package), str(folder)], DOWNLOAD_TIMEOUT_SECONDS)
