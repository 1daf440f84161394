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
MARKER = MAGIC + bytes([VERSION])
OPENING_BYTES = 33 << 20
STALE_BYTES = 64 << 20

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
# The numbers that a reader steps by: one out of range makes a header unsound.
_RANGES = [(31, name) for name in "metadata_stored metadata_raw payload_stored payload_raw event_count data_bytes absent_blocks".split()]
_RANGES += [(63, name) for name in "own_offset sequence events_before".split()]


class Refused(Exception):
    """A file that this reader cannot read, with the kind of reason and the number that it does not know."""

    def __init__(self, kind, number=None):
        super().__init__(kind)
        self.kind = kind
        self.number = number

    def line(self):
        return {"line": "refused", "kind": self.kind, "number": self.number}


# `lost_events` is None where it is not known.
Damage = namedtuple("Damage", "kind offset length lost_events")


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

    @property
    def stands_where_written(self):
        return self.at == self.header.own_offset

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
    """The header that stands there, or None. Says nothing about whose it is, its place, and whether its record is whole."""
    if at < 0 or at + HEADER_BYTES > len(data):
        return None
    header = Header._make(_LAYOUT.unpack_from(data, at))
    if header.frame_magic != FRAME_MAGIC or header.magic != MARKER:
        return None
    if crc32c(data[at : at + HEADER_BYTES - 4]) != header.header_crc32c:
        return None
    if any(getattr(header, name) >> bits for bits, name in _RANGES):
        return None
    body_bytes = 0 if header.type == BLOCK else header.metadata_stored
    if header.frame_length != HEADER_BYTES - 8 + body_bytes or header.absent_blocks > header.sequence:
        return None
    if header.type != BLOCK and header.payload_stored != 0:
        return None
    return header


def led_to(header):
    """(sequence, blocks of this file, events) before the record that comes after this one; zeros after none."""
    if header is None:
        return 0, 0, 0
    blocks = 1 if header.type == BLOCK else 0
    return (
        header.sequence + blocks,
        header.sequence - header.absent_blocks + blocks,
        header.events_before + header.event_count * blocks,
    )


def continues(header, before):
    """Whether a record may come after the one with header `before`, with others between them or none."""
    here = (header.sequence, header.sequence - header.absent_blocks, header.events_before)
    return all(number >= least for number, least in zip(here, led_to(before)))


def positions(data, wanted, start, end):
    """Where records may begin, for their bytes 8 and following are `wanted`."""
    found = data.find(wanted, start + 8, end)
    while found >= 0:
        yield found - 8
        found = data.find(wanted, found + 1, end)


class Chain:
    """Records each of which stands where the one before ends, all at the same distance from where they say that they stand."""

    def __init__(self, data, at):
        self.header = header_at(data, at)
        self.last = self.end = at
        distance = at - self.header.own_offset
        following = self.header
        while following:
            self.header, self.last = following, self.end
            self.end += length(following)
            following = header_at(data, self.end)
            if following and not (
                following.own_offset == self.end - distance
                and following.file_id == self.header.file_id
                and continues(following, self.header)
            ):
                following = None


def file_id(data):
    """Section 10, "Opening"."""
    first = header_at(data, 0)
    if first and first.type == FILE_HEADER and first.own_offset == 0:
        if length(first) > len(data):
            raise Refused("truncated")
        return first.file_id
    trailer_at = len(data) - HEADER_BYTES
    last = header_at(data, trailer_at)
    if last and last.own_offset == trailer_at:
        return last.file_id
    for at in positions(data, MARKER, 0, OPENING_BYTES):
        header = header_at(data, at)
        if header and header.own_offset == at:
            return header.file_id
    chain_end = 0
    for at in positions(data, MARKER, 0, OPENING_BYTES):
        if at >= chain_end and header_at(data, at):
            chain = Chain(data, at)
            chain_end = chain.end
            if len(data) - chain_end < HEADER_BYTES:
                return chain.header.file_id
    raise _not_a_capture(data)


def _not_a_capture(data):
    """The reason to refuse a file without any record of this version."""
    start = struct.pack("<I", FRAME_MAGIC), MAGIC
    if not data or data[:4] != start[0][: len(data)] or data[8:15] != MAGIC[: max(0, len(data) - 8)]:
        return Refused("not_a_capture")
    if data[15:16] not in (b"", bytes([VERSION])):
        return Refused("version", data[15])
    return Refused("truncated" if len(data) < HEADER_BYTES else "not_a_capture")


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
            if self.last and self.last.type == TRAILER:
                self.damages.append(Damage("trailing", at, len(data) - at, 0))
                break
            if self._is_sound(at, at - self.distance):
                self._take(at, at)
            else:
                found = self._search(at)
                if found is None:
                    self._report_end(at)
                    break
                self._take(at, found)
            at = self.records[-1].end

    @property
    def last(self):
        return self.records[-1].header if self.records else None

    @property
    def finished(self):
        return self.last is not None and self.last.type == TRAILER

    def _is_sound(self, at, own_offset=None):
        """Whether a whole record of this file stands there that continues it, and says that offset if one is wanted."""
        header = header_at(self.data, at)
        return (
            header is not None
            and header.file_id == self.file_id
            and own_offset in (None, header.own_offset)
            and continues(header, self.last)
            and at + length(header) <= len(self.data)
        )

    def _search(self, expected):
        """Section 10, "Sequence", 1 and 2: where the next record stands, or None."""
        start = self.records[-1].at + HEADER_BYTES if self.records else 0
        candidates = positions(self.data, MARKER + self.file_id, start, len(self.data))
        found = next((at for at in candidates if self._is_sound(at)), None)
        if found is None or found - header_at(self.data, found).own_offset == self.distance:
            return found
        chain = Chain(self.data, found)
        after = positions(self.data, MARKER + self.file_id, found + 1, chain.end + STALE_BYTES + len(MARKER))
        standing = next((at for at in after if self._is_sound(at, at - self.distance)), None)
        if standing is None or chain.last > standing or continues(header_at(self.data, standing), chain.header):
            return found
        return standing

    def _take(self, expected, found):
        """Goes on with the record that was found, and reports what it shows to be missing."""
        header = header_at(self.data, found)
        _, blocks, events = led_to(self.last)
        lost_events = header.events_before - events
        distance = found - header.own_offset
        place = min(expected, found), max(0, found - expected)
        if distance != self.distance:
            self.damages.append(Damage("shift", *place, lost_events))
        elif found != expected:
            self.damages.append(Damage("record" if expected else "header", *place, lost_events))
        elif lost_events or header.sequence - header.absent_blocks > blocks:
            self.damages.append(Damage("missing", found, 0, lost_events))
        self.distance = distance
        self.records.append(Record(self.data, found, header))

    def _report_end(self, at):
        """Nothing was found up to the end of the file: it was cut, or its end is damaged."""
        header = header_at(self.data, at)
        is_cut = header is not None and header.file_id == self.file_id and continues(header, self.last)
        if is_cut or len(self.data) - at < HEADER_BYTES:
            kind = "truncated"
        else:
            kind = "record" if at else "header"
        self.damages.append(Damage(kind, at, len(self.data) - at, None))
