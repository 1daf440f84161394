# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The first file system of a guest: busybox, the kernel modules it needs, and the program that mounts the real one."""

import lzma
import pathlib
import re
import stat

# Disk, file system and its checksums and random numbers to get going; the others for kernel TLS.
MODULES = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4", "virtio_rng", "tls", "gcm", "ghash-generic", "gf128mul", "ctr",
           "aesni_intel", "aes_generic")


class ModuleTree:
    """The modules of an unpacked kernel package, found by name and ordered by what they need.

    Debian makes modules.dep when the package is installed; here the modules themselves are asked (.modinfo).
    """

    def __init__(self, folder: pathlib.Path):
        self.files = {self._name(file): file for file in folder.rglob("*.ko*")}
        self.builtin = {self._name(pathlib.Path(line))
                        for file in folder.rglob("modules.builtin") for line in file.read_text().split()}

    @staticmethod
    def _name(file: pathlib.Path) -> str:
        return file.name.split(".ko")[0].replace("-", "_")

    @staticmethod
    def content(file: pathlib.Path) -> bytes:
        """A module, decompressed."""
        data = file.read_bytes()
        return lzma.decompress(data) if file.suffix == ".xz" else data

    def in_order(self, names: tuple[str, ...]) -> list[tuple[str, bytes]]:
        """The modules of these names that are there as files, each after all that it depends on."""
        loaded: dict[str, bytes] = {}

        def add(name: str) -> None:
            name = name.replace("-", "_")
            if name in loaded or name in self.builtin or name not in self.files:
                return
            data = self.content(self.files[name])
            depends = re.search(rb"\0depends=([^\0]*)\0", data)
            for needed in depends[1].decode().split(",") if depends and depends[1] else ():
                add(needed)
            loaded[name] = data

        for name in names:
            add(name)
        return list(loaded.items())


class Cpio:
    """An archive in the format newc (kernel: Documentation/driver-api/early-userspace/buffer-format.rst)."""

    def __init__(self):
        self.data = bytearray()
        self.inode = 0

    def add(self, name: str, mode: int, content: bytes = b"") -> None:
        """Appends one file; mode is that of stat(2)."""
        self.inode += 1
        path = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path), 0)
        self.data += b"070701" + b"".join(b"%08X" % field for field in fields) + path
        self._pad()
        self.data += content
        self._pad()

    def folder(self, name: str) -> None:
        """Appends a folder."""
        self.add(name, stat.S_IFDIR | 0o755)

    def program(self, name: str, content: bytes) -> None:
        """Appends an executable file."""
        self.add(name, stat.S_IFREG | 0o755, content)

    def finish(self) -> bytes:
        """Ends the archive and returns it."""
        self.add("TRAILER!!!", 0)
        return bytes(self.data)

    def _pad(self) -> None:
        self.data += b"\0" * (-len(self.data) % 4)


def make_initrd(busybox: pathlib.Path, kernel: pathlib.Path, init: pathlib.Path) -> bytes:
    """An initrd with the modules of the unpacked kernel package; /init loads them in the order of their names."""
    archive = Cpio()
    for folder in ("bin", "dev", "proc", "sys", "root", "modules"):
        archive.folder(folder)
    archive.program("bin/busybox", busybox.read_bytes())
    for number, (name, content) in enumerate(ModuleTree(kernel).in_order(MODULES)):
        archive.add(f"modules/{number:02}-{name}.ko", stat.S_IFREG | 0o644, content)
    archive.program("init", init.read_bytes())
    return archive.finish()
