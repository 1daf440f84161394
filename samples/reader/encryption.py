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

from wire import Damaged

METADATA_PLANE, PAYLOAD_PLANE, SEALED_HEADER, SEAL = 1, 2, 3, 4
SKIPPABLE_MAGIC = 0x184D2A5E
SEGMENT_BYTES = 65536
SALT_BYTES = TAG_BYTES = 16
AGE_FILE_LIMIT = 65536


class Tampered(Damaged):
    """An envelope that does not open."""


class Keys:
    """The keys of one file, as far as the identities open them, and what they open."""

    def __init__(self, origin_file_id, metadata_key_file, payload_key_file, identities):
        self.origin_file_id = origin_file_id
        self.key_files = (metadata_key_file, payload_key_file)
        self.metadata_key, self.payload_key = (open_age(file, identities) for file in self.key_files)

    def open_sealed_header(self, envelope):
        metadata_key_file, payload_key_file = self.key_files
        bound = hashlib.sha256(struct.pack("<I", len(metadata_key_file)) + metadata_key_file + payload_key_file).digest()
        data = self.origin_file_id + bytes([SEALED_HEADER]) + bytes(71) + bound
        return open_envelope(self.metadata_key, SEALED_HEADER, data, envelope)

    def check_seal(self, footer, envelope):
        data = self._additional_data(SEAL, footer._replace(metadata_raw=0, payload_raw=0), bytes(32))
        if open_envelope(self.metadata_key, SEAL, data, envelope):
            raise Tampered("a seal with content")

    def open_metadata(self, header, stored):
        data = self._additional_data(METADATA_PLANE, header, bytes(32))
        return open_envelope(self.metadata_key, METADATA_PLANE, data, unframed(stored))

    def open_payload(self, header, stored, stored_metadata):
        data = self._additional_data(PAYLOAD_PLANE, header, hashlib.sha256(stored_metadata).digest())
        return open_envelope(self.payload_key, PAYLOAD_PLANE, data, unframed(stored))

    def _additional_data(self, place, header, bound):
        """The 120 bytes to which every segment is bound."""
        return self.origin_file_id + struct.pack(
            "<BBBBIIIIIQQQQQQ32s",
            place,
            header.type,
            header.codec,
            header.cipher,
            header.metadata_raw,
            header.payload_raw,
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


def unframed(stored):
    """The envelope in an encrypted plane."""
    if len(stored) < 8 or struct.unpack_from("<II", stored) != (SKIPPABLE_MAGIC, len(stored) - 8):
        raise Tampered("an encrypted plane is no skippable frame")
    return stored[8:]


def open_envelope(key, place, data, envelope):
    """The plaintext of an envelope."""
    salt, segments = envelope[:SALT_BYTES], envelope[SALT_BYTES:]
    aead = AESGCM(hkdf(key, salt, b"tapedeck tape 1" + bytes([place])))
    step = SEGMENT_BYTES + TAG_BYTES
    count = max(1, -(-len(segments) // step))
    plaintext = b""
    for number in range(count):
        segment = segments[number * step : (number + 1) * step]
        if len(segment) < TAG_BYTES or (len(segment) == TAG_BYTES and number > 0):
            raise Tampered("an envelope of a length that there is not")
        last = number == count - 1
        try:
            plaintext += aead.decrypt(number.to_bytes(11, "big") + bytes([last]), segment, data)
        except InvalidTag as error:
            raise Tampered("an envelope does not open") from error
    return plaintext


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
    """The plaintext of a binary age file (age-encryption.org/v1), or None when none of the identities opens it."""
    header_end = data.find(b"\n--- ") + 5
    if len(data) > AGE_FILE_LIMIT or not data.startswith(b"age-encryption.org/v1\n") or header_end < 5:
        return None
    lines = data[:header_end].decode("ascii").split("\n")
    stanzas = [(line.split(" ")[2], lines[i + 1]) for i, line in enumerate(lines) if line.startswith("-> X25519 ")]
    file_keys = (_unwrap(unbase64(share), unbase64(wrapped), identities) for share, wrapped in stanzas)
    file_key = next((key for key in file_keys if key), None)
    if file_key is None:
        return None
    mac, _, content = data[header_end:].partition(b"\n")
    if hmac.digest(hkdf(file_key, b"", b"header"), data[: header_end - 1], "sha256") != unbase64(mac.decode("ascii")):
        return None
    nonce, chunk = content[:16], content[16:]
    try:
        # Chunks are like our segments; a key of 32 bytes is always one last chunk.
        return ChaCha20Poly1305(hkdf(file_key, nonce, b"payload")).decrypt(bytes(11) + b"\x01", chunk, None)
    except InvalidTag:
        return None


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
