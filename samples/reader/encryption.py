# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Keys and envelopes of encrypted captures (FORMAT.md, section 13), and as much of age as that needs."""

import base64
import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wire import PLANE_LIMIT, Damaged

METADATA_PLANE, PAYLOAD_PLANE, SEALED_HEADER, SEAL = 1, 2, 3, 4
SKIPPABLE_MAGIC = 0x184D2A5E
SEGMENT_BYTES = 65536
SALT_BYTES = TAG_BYTES = 16


class Tampered(Damaged):
    """An envelope that does not open."""


def additional_data(origin_file_id, place, header=None, bound=bytes(32)):
    """The 120 bytes that every segment is bound to. Sealed headers have no record header."""
    if header is None:
        return origin_file_id + bytes([place]) + bytes(71) + bound
    lengths = (0, 0) if place == SEAL else (header.metadata_raw, header.payload_raw)
    return origin_file_id + struct.pack(
        "<BBBBIIIIIQQQQQQ32s",
        place,
        header.type,
        header.codec,
        header.cipher,
        *lengths,
        header.event_count,
        header.data_bytes,
        0,
        header.sequence,
        header.first_nanos,
        header.last_nanos,
        header.watermark_nanos,
        header.lost_events,
        header.lost_bytes,
        bound,
    )


def open_envelope(key, place, data, envelope):
    """The plaintext of an envelope."""
    salt, at = envelope[:SALT_BYTES], SALT_BYTES
    aead = AESGCM(hkdf(key, salt, b"tapedeck tape 1" + bytes([place])))
    plaintext = []
    number = 0
    while True:
        segment = envelope[at : at + SEGMENT_BYTES + TAG_BYTES]
        at += len(segment)
        last = at == len(envelope)
        try:
            plaintext.append(aead.decrypt(number.to_bytes(11, "big") + bytes([last]), segment, data))
        except (InvalidTag, ValueError) as error:
            raise Tampered("an envelope does not open") from error
        if last:
            return b"".join(plaintext)
        number += 1


def keys_bound(metadata_key, payload_key):
    """What binds a sealed header to the encrypted keys beside it."""
    return hashlib.sha256(struct.pack("<I", len(metadata_key)) + metadata_key + payload_key).digest()


def open_plane(key, place, origin_file_id, header, stored, metadata_plane=None):
    """The zstd frame in a stored plane; a payload plane opens beside its stored metadata plane only."""
    if len(stored) > PLANE_LIMIT or len(stored) < 8 or struct.unpack("<II", stored[:8]) != (SKIPPABLE_MAGIC, len(stored) - 8):
        raise Damaged("an encrypted plane is no skippable frame")
    bound = bytes(32) if metadata_plane is None else hashlib.sha256(metadata_plane).digest()
    return open_envelope(key, place, additional_data(origin_file_id, place, header, bound), stored[8:])


def hkdf(key, salt, info):
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def read_identities(path):
    """The X25519 keys of a file that age-keygen wrote."""
    with open(path, encoding="ascii") as lines:
        stripped = (line.strip() for line in lines)
        keys = [bech32(line, "age-secret-key-") for line in stripped if line and not line.startswith("#")]
    return [X25519PrivateKey.from_private_bytes(key) for key in keys]


def bech32(text, wanted_prefix):
    """BIP 173. The checksum is not looked at: a mistyped key opens nothing."""
    prefix, _, digits = text.lower().rpartition("1")
    if prefix != wanted_prefix:
        raise ValueError("not an age identity")
    value = 0
    for digit in digits[:-6]:
        value = value << 5 | "qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(digit)
    bits = 5 * len(digits[:-6])
    return (value >> bits % 8).to_bytes(bits // 8, "big")


def open_age(data, identities):
    """The plaintext of a binary age file (age-encryption.org/v1), or None when none of the identities is a recipient."""
    header_end = data.index(b"\n--- ") + 5
    lines = data[:header_end].decode("ascii").split("\n")
    if lines[0] != "age-encryption.org/v1":
        raise Tampered("a key is no age file")
    file_key = None
    for i, line in enumerate(lines):
        if line.startswith("-> X25519 "):
            file_key = file_key or _unwrap(unbase64(line.split(" ")[2]), unbase64(lines[i + 1]), identities)
    if file_key is None:
        return None
    mac_end = data.index(b"\n", header_end)
    mac_key = hkdf(file_key, b"", b"header")
    mac = hmac.digest(mac_key, data[: header_end - 1], "sha256")
    if mac != unbase64(data[header_end:mac_end].decode("ascii")):
        raise Tampered("the header of an age file was changed")
    nonce, chunk = data[mac_end + 1 : mac_end + 17], data[mac_end + 17 :]
    try:
        # Chunks are like our segments; a key of 32 bytes is always one last chunk.
        return ChaCha20Poly1305(hkdf(file_key, nonce, b"payload")).decrypt(bytes(11) + b"\x01", chunk, None)
    except InvalidTag as error:
        raise Tampered("an age file was changed") from error


def _unwrap(share, wrapped, identities):
    for identity in identities:
        public = identity.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        shared = identity.exchange(X25519PublicKey.from_public_bytes(share))
        wrap_key = hkdf(shared, share + public, b"age-encryption.org/v1/X25519")
        try:
            return ChaCha20Poly1305(wrap_key).decrypt(bytes(12), wrapped, None)
        except InvalidTag:
            continue
    return None


def unbase64(text):
    return base64.b64decode(text + "=" * (-len(text) % 4))
