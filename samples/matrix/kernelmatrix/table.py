# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The kernels of the matrix: where each comes from and what it is promised to do."""

import dataclasses

HOOKS = ("fentry", "kprobe", "raw_tp", "tracepoint")


@dataclasses.dataclass(frozen=True)
class KernelRow:
    """One kernel of the matrix.

    name: how it is asked for and listed.
    architecture: as `uname -m` says.
    suites: Debian suites that have it.
    package: regular expression of the package; of several the highest version is taken.
    promised: socket backends with which it must record.
    turns: whether the emulated CPUs take turns instead of running at the same time.
    """

    name: str
    architecture: str
    suites: tuple[str, ...]
    package: str
    promised: tuple[str, ...] = ("raw_tp",)
    turns: bool = False


@dataclasses.dataclass(frozen=True)
class Architecture:
    """How an architecture is called elsewhere, and the machine that qemu shall be."""

    debian: str
    qemu: str
    qemu_package: str
    console: str
    machine: tuple[str, ...]


# cx16=off: the emulation of CMPXCHG16B in qemu 7.2 corrupts the slab lists of Linux 6.12 and later.
ARCHITECTURES = {
    "x86_64": Architecture("amd64", "qemu-system-x86_64", "qemu-system-x86", "ttyS0",
                           ("-cpu", "max,cx16=off")),
    "aarch64": Architecture("arm64", "qemu-system-aarch64", "qemu-system-arm", "ttyAMA0",
                            ("-machine", "virt", "-cpu", "cortex-a72")),
}

# The small flavour for clouds: it has all that the cases need.
KERNELS = (
    KernelRow("5.10", "x86_64", ("bullseye",), r"linux-image-5\.10\.0-\d+-cloud-amd64"),
    KernelRow("6.1", "x86_64", ("bookworm",), r"linux-image-6\.1\.0-\d+-cloud-amd64"),
    KernelRow("6.12", "x86_64", ("bookworm-backports",), r"linux-image-6\.12\.\d+\+\S+-cloud-amd64"),
    KernelRow("6.16", "x86_64", ("trixie-backports",), r"linux-image-6\.16\.\d+\+\S+-cloud-amd64"),
    KernelRow("6.18", "x86_64", ("trixie-backports",), r"linux-image-6\.18\.\d+\+\S+-cloud-amd64"),
    # turns: else breakpoints of 7.3 were passed over now and then; not tried without since the programs keep their own stacks.
    KernelRow("7.x", "x86_64", ("trixie-backports",), r"linux-image-7\.\d+\.\d+\+\S+-cloud-amd64", turns=True),
    KernelRow("6.1-arm64", "aarch64", ("bookworm",), r"linux-image-6\.1\.0-\d+-cloud-arm64"),
    KernelRow("6.12-arm64", "aarch64", ("bookworm-backports",),
              r"linux-image-6\.12\.\d+\+\S+-cloud-arm64"),
)

# What the guest runs, from this suite, for each architecture the same.
GUEST_SUITES = ("bookworm",)
GUEST_PACKAGES = ["busybox-static", "dash", "python3-minimal", "libpython3.11-stdlib", "openssl", "nginx", "curl",
                  "util-linux", "libbpf1", "libstdc++6"]
# Unpacked without what it depends on: a Java without windows, sound and printers needs none of it.
GUEST_JAVA = ["openjdk-17-jre-headless"]


def hooks_named(names: str | None) -> tuple[str, ...]:
    """The backends of a list with commas, or all."""
    hooks = tuple(names.split(",")) if names else HOOKS
    for name in hooks:
        if name not in HOOKS:
            raise ValueError(f"no hook backend {name}; there are {', '.join(HOOKS)}")
    return hooks


def kernel_named(name: str) -> KernelRow:
    """The row of that name."""
    for row in KERNELS:
        if row.name == name:
            return row
    raise ValueError(f"no kernel {name} in the table; there are {', '.join(row.name for row in KERNELS)}")
