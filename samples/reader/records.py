# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Record headers, and the walk over a file from one to the next (FORMAT.md, sections 2, 7.1 and 10)."""

import struct
from collections import namedtuple

from wire import PLANE_LIMIT, Damaged, crc32c

FILE_HEADER, BLOCK, CHECKPOINT, FOOTER, TRAILER, LOSS = 1, 2, 3, 4, 5, 7
HEADER_BYTES = 160
FRAME_MAGIC = 0x184D2A5D
MAGIC = b"\x89TAPE\r\n"
VERSION = 1
OPENING_BYTES = 33 << 20

FLAG_PAYLOAD_LOST = 1  # compatible, of a block
FLAG_ENCRYPTED = 1  # incompatible, of the file header

_LAYOUT = struct.Struct("<II8s16sQQBBBBIIIIIIIIIIIQQQQQQQII")
Header = namedtuple(
    "Header",
    "frame_magic frame_length magic file_id own_offset sequence type codec cipher reserved compatible_flags"
    " incompatible_flags previous_length metadata_stored metadata_raw metadata_crc32c payload_stored payload_raw"
    " payload_crc32c event_count data_bytes first_nanos last_nanos watermark_nanos lost_events lost_bytes events_before"
    " data_bytes_before absent_blocks header_crc32c",
)
_COUNTS_4 = (
    "previous_length metadata_stored metadata_raw payload_stored payload_raw event_count data_bytes absent_blocks".split()
)
_COUNTS_8 = (
    "own_offset sequence first_nanos last_nanos watermark_nanos lost_events lost_bytes events_before"
    " data_bytes_before".split()
)


class Refused(Exception):
    """A file that this reader cannot read, with the kind of reason and the number that it does not know."""

    def __init__(self, kind, number=None):
        super().__init__(f"{kind} {number}" if number is not None else kind)
        self.kind = kind
        self.number = number


class Record:
    """A sound record: where it stands, its header, and the bytes after that."""

    def __init__(self, data, at, header):
        self.at = at
        self.header = header
        self.end = at + length(header)
        metadata_at = at + HEADER_BYTES
        self.metadata = data[metadata_at : metadata_at + header.metadata_stored]
        self.payload_at = metadata_at + header.metadata_stored
        self.payload = data[self.payload_at : self.end]

    def body(self):
        """The stored bytes of the body or metadata plane, when they are what was written."""
        header = self.header
        if header.metadata_stored > PLANE_LIMIT or header.metadata_raw > PLANE_LIMIT:
            raise Damaged("over the limit")
        if crc32c(self.metadata) != header.metadata_crc32c:
            raise Damaged("CRC32C of body or metadata plane")
        return self.metadata

    def payload_plane(self):
        """The stored bytes of the payload plane, likewise."""
        header = self.header
        if header.payload_stored > PLANE_LIMIT or header.payload_raw > PLANE_LIMIT:
            raise Damaged("over the limit")
        if crc32c(self.payload) != header.payload_crc32c:
            raise Damaged("CRC32C of the payload plane")
        return self.payload


def length(header):
    return HEADER_BYTES + header.metadata_stored + header.payload_stored


def header_at(data, at):
    """The header of the record that begins there and lies in the file whole, or None. Says nothing about its place yet."""
    if at < 0 or at + HEADER_BYTES > len(data):
        return None
    header = Header._make(_LAYOUT.unpack_from(data, at))
    if header.frame_magic != FRAME_MAGIC or header.magic != MAGIC + bytes([VERSION]):
        return None
    if crc32c(data[at : at + HEADER_BYTES - 4]) != header.header_crc32c:
        return None
    if any(getattr(header, name) >> 31 for name in _COUNTS_4) or any(getattr(header, name) >> 63 for name in _COUNTS_8):
        return None
    body_bytes = 0 if header.type == BLOCK else header.metadata_stored
    if header.frame_length != HEADER_BYTES - 8 + body_bytes:
        return None
    if header.type != BLOCK and header.payload_stored != 0:
        return None
    if header.type == TRAILER and header.metadata_stored != 0:
        return None
    return header if at + length(header) <= len(data) else None


def file_id(data):
    """Section 10, "Opening"."""
    first = header_at(data, 0)
    if first and first.type == FILE_HEADER and first.own_offset == 0:
        return first.file_id
    last = header_at(data, len(data) - HEADER_BYTES)
    if last and last.type == TRAILER and last.own_offset == len(data) - HEADER_BYTES:
        return last.file_id
    marker = MAGIC + bytes([VERSION])
    found = data.find(marker, 8, OPENING_BYTES)
    while found >= 0:
        header = header_at(data, found - 8)
        if header and header.own_offset == found - 8:
            return header.file_id
        found = data.find(marker, found + 1, OPENING_BYTES)
    if data[8:15] == MAGIC and data[15] != VERSION:
        raise Refused("unsupported_version", data[15])
    raise Refused("not_a_capture")


Damage = namedtuple("Damage", "offset length kind lost_events")


class Walk:
    """Finds the sound records of a file. Afterwards `records` and `damages` are complete, in the order of the file."""

    def __init__(self, data):
        self.data = data
        self.file_id = file_id(data)
        self.records = []
        self.damages = []
        self.distance = 0  # what was inserted before the records that come now, less what was removed
        at = 0
        while at < len(data):
            record = self._expected(at) or self._search()
            if record is None:
                self.damages.append(Damage(at, len(data) - at, "no_record" if self.finished else "cut", None))
                break
            self._skipped(at, record)
            self.records.append(record)
            self.distance = record.at - record.header.own_offset
            at = record.end

    @property
    def finished(self):
        return bool(self.records) and self.records[-1].header.type == TRAILER

    def led_to(self):
        """(sequence, blocks of this file, events) before the record after the last one that was found."""
        if not self.records:
            return 0, 0, 0
        header = self.records[-1].header
        blocks = 1 if header.type == BLOCK else 0
        return (
            header.sequence + blocks,
            header.sequence - header.absent_blocks + blocks,
            header.events_before + header.event_count * blocks,
        )

    def _continues(self, header):
        sequence, blocks, events = self.led_to()
        return (
            header.sequence >= sequence
            and header.sequence - header.absent_blocks >= blocks
            and header.events_before >= events
        )

    def _expected(self, at):
        header = header_at(self.data, at)
        if header is None or header.file_id != self.file_id or not self._continues(header):
            return None
        if header.own_offset != at and header.own_offset != at - self.distance:
            return None
        return Record(self.data, at, header)

    def _search(self):
        """Section 10, "Sequence": the first sound record after the header of the last one, wherever it says it stands."""
        marker = MAGIC + bytes([VERSION]) + self.file_id
        start = self.records[-1].at + HEADER_BYTES if self.records else 0
        found = self.data.find(marker, start + 8)
        while found >= 0:
            header = header_at(self.data, found - 8)
            if header and self._continues(header):
                return Record(self.data, found - 8, header)
            found = self.data.find(marker, found + 1)
        return None

    def _skipped(self, at, record):
        _, blocks, events = self.led_to()
        missing_blocks = record.header.sequence - record.header.absent_blocks - blocks
        missing_events = record.header.events_before - events
        if record.at > at:
            self.damages.append(Damage(at, record.at - at, "no_record", missing_events))
        elif missing_blocks or missing_events:
            self.damages.append(Damage(record.at, 0, "missing_blocks", missing_events))
