# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What a guest boots from: kernel, initrd and root file system, made of Debian packages without root or mount."""

import dataclasses
import hashlib
import os
import pathlib
import shutil

import debian
from kernelmatrix import initrd, table

GUEST = pathlib.Path(__file__).resolve().parents[1] / "guest"
MERGED = ("bin", "sbin", "lib", "lib64")
FOLDERS = ("dev", "proc", "sys", "run", "tmp", "root", "matrix", "etc", "usr/local/bin", "usr/libexec", "var/lib/nginx")
# Debian has split its newer kernel packages.
KERNEL_PARTS = r"linux-(binary|modules)-.*"
ROOT_IMAGE_FREE_MIB = 128
MKFS = ("mkfs.ext4", "/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4")


@dataclasses.dataclass(frozen=True)
class GuestImage:
    """What qemu is given; `version` is that of the kernel's package."""

    version: str
    kernel: pathlib.Path
    initrd: pathlib.Path
    root: pathlib.Path


def key_of(*parts: object) -> str:
    """A name for what is made from these parts and from nothing else."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]


def once(folder: pathlib.Path, make) -> pathlib.Path:
    """The folder, filled by make(partial folder) unless an earlier run has done that."""
    if not folder.exists():
        partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        make(partial)
        try:
            partial.rename(folder)
        except OSError:
            # Another run was faster; what it made is the same.
            if not folder.exists():
                raise
            shutil.rmtree(partial)
    return folder


def guest_image(row: table.KernelRow) -> GuestImage:
    """Fetches and makes what is not in the cache yet."""
    architecture = table.ARCHITECTURES[row.architecture]
    suites = debian.Suites(row.suites, architecture.debian)
    packages = suites.fetch(suites.newest(row.package, KERNEL_PARTS))

    def unpack_kernel(folder: pathlib.Path) -> None:
        for package in packages:
            debian.unpack(package, folder)

    unpacked = once(debian.cache_folder() / "kernels" / f"{row.name}-{key_of(*packages)}", unpack_kernel)
    kernel = next(unpacked.rglob("vmlinuz*"))
    root = root_folder(architecture.debian)
    init = GUEST / "init"

    def make_initrd(folder: pathlib.Path) -> None:
        busybox = root / "files/usr/bin/busybox"
        (folder / "initrd").write_bytes(initrd.make_initrd(busybox, unpacked, init))

    key = key_of(unpacked.name, root.name, init.read_text(), *initrd.MODULES)
    first = once(debian.cache_folder() / "initrds" / key, make_initrd)
    version = packages[0].name.split("_")[1]
    return GuestImage(version, kernel, first / "initrd", root / "root.ext4")


def root_folder(architecture: str) -> pathlib.Path:
    """The folder with the unpacked root file system (files) and its image (root.ext4)."""
    suites = debian.Suites(table.GUEST_SUITES, architecture)
    packages = suites.fetch(table.GUEST_PACKAGES, with_dependencies=True)
    packages += suites.fetch(table.GUEST_JAVA)
    start = GUEST / "start"

    def make(folder: pathlib.Path) -> None:
        files = folder / "files"
        for package in packages:
            debian.unpack(package, files)
        for name in MERGED:
            merge_into_usr(files, name)
        for name in FOLDERS:
            (files / name).mkdir(parents=True, exist_ok=True)
        for unused in ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/lib/python3.11/test"):
            shutil.rmtree(files / unused, ignore_errors=True)
        java = next((files / "usr/lib/jvm").glob("java-*-openjdk-*/bin/java"))
        (files / "usr/bin/java").symlink_to(f"/{java.relative_to(files)}")
        shutil.copyfile(start, files / "usr/lib/tapedeck-guest")
        (files / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n")
        (files / "etc/group").write_text("root:x:0:\nwww-data:x:33:\n")
        (files / "etc/hosts").write_text("127.0.0.1 localhost\n")
        make_ext4(files, folder / "root.ext4")

    return once(debian.cache_folder() / "roots" / key_of(*packages, start.read_text(), pathlib.Path(__file__).read_text()),
                make)


def merge_into_usr(files: pathlib.Path, name: str) -> None:
    """Makes /bin and its like the links that they are on an installed system."""
    (files / "usr" / name).mkdir(exist_ok=True)
    if (files / name).is_dir():
        shutil.copytree(files / name, files / "usr" / name, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(files / name)
    (files / name).symlink_to(f"usr/{name}")


def make_ext4(files: pathlib.Path, image: pathlib.Path) -> None:
    """An ext4 file system with these files, all root's."""
    used = sum(file.lstat().st_size + 4096 for file in files.rglob("*") if not file.is_symlink())
    with image.open("wb") as out:
        out.truncate((used // 2**20 * 11 // 10 + ROOT_IMAGE_FREE_MIB) * 2**20)
    mkfs = next((found for found in map(shutil.which, MKFS) if found), MKFS[0])
    debian.run([mkfs, "-q", "-F", "-O", "^has_journal", "-E", "root_owner=0:0", "-d", str(files), str(image)],
               debian.DOWNLOAD_TIMEOUT_SECONDS)
