// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal.crypto;

import dev.tapedeck.format.internal.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The additional data of an envelope's segments: what is not secret and must not be changed, so
 * that an envelope opens in its own place only. All numbers are little-endian.
 *
 * <pre>
 * offset size name             place 1 and 2         3      4
 *      0   16 origin_file_id   of the file for which the envelope was made
 *     16    1 place            1       2             3      4
 *     17    1 type             of the block          0      4
 *     18    1 codec            of the block          0      0
 *     19    1 cipher           of the block          0      0
 *     20    4 metadata_raw     of the block          0      0
 *     24    4 payload_raw      of the block          0      0
 *     28    4 event_count      of the block          0      0
 *     32    4 data_bytes       of the block          0      0
 *     36    4 reserved         0
 *     40    8 sequence         of the block          0      of the footer
 *     48    8 first_nanos      of the block          0      of the footer
 *     56    8 last_nanos       of the block          0      of the footer
 *     64    8 watermark_nanos  of the block          0      of the footer
 *     72    8 lost_events      of the block          0      of the footer
 *     80    8 lost_bytes       of the block          0      of the footer
 *     88   32 bound            0       metadata      keys   0
 *    120
 * </pre>
 *
 * {@code bound} is a SHA-256: at place 2 of the metadata plane as it is stored, at place 3 of the
 * length of the file's encrypted metadata key (4 bytes), that key, and the encrypted payload key.
 * The same table stands in {@code docs/FORMAT.md}.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> the arrays that methods return are
 * the storage itself, valid until the next call.
 */
final class AdditionalData {
  static final int LENGTH_BYTES = 120;

  private static final int PLACE_AT = 16;
  private static final int TYPE_AT = 17;
  private static final int CODEC_AT = 18;
  private static final int CIPHER_AT = 19;
  private static final int METADATA_RAW_AT = 20;
  private static final int PAYLOAD_RAW_AT = 24;
  private static final int EVENT_COUNT_AT = 28;
  private static final int DATA_BYTES_AT = 32;
  private static final int SEQUENCE_AT = 40;
  private static final int FIRST_NANOS_AT = 48;
  private static final int LAST_NANOS_AT = 56;
  private static final int WATERMARK_NANOS_AT = 64;
  private static final int LOST_EVENTS_AT = 72;
  private static final int LOST_BYTES_AT = 80;
  private static final int BOUND_AT = 88;

  private final byte[] bytes = new byte[LENGTH_BYTES];
  private final ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  private final MessageDigest sha256 = newSha256();

  AdditionalData(byte[] originFileId) {
    System.arraycopy(originFileId, 0, bytes, 0, PLACE_AT);
  }

  /** Returns that of a block's metadata plane. */
  byte[] ofMetadata(RecordHeader block) {
    begin(Place.METADATA);
    block(block);
    return bytes;
  }

  /** Returns that of the payload plane that belongs to a metadata plane. */
  byte[] ofPayload(RecordHeader block, byte[] metadataSha256) {
    begin(Place.PAYLOAD);
    block(block);
    System.arraycopy(metadataSha256, 0, bytes, BOUND_AT, metadataSha256.length);
    return bytes;
  }

  /** Returns that of the header's facts, beside which the file's encrypted keys stand. */
  byte[] ofHeader(byte[] metadataKeyFile, byte[] payloadKeyFile) {
    begin(Place.HEADER);
    byte[] length = new byte[Integer.BYTES];
    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putInt(metadataKeyFile.length);
    sha256.update(length);
    sha256.update(metadataKeyFile);
    byte[] bound = sha256.digest(payloadKeyFile);
    System.arraycopy(bound, 0, bytes, BOUND_AT, bound.length);
    return bytes;
  }

  /** Returns that of the seal in a footer with this header. */
  byte[] ofSeal(RecordHeader footer) {
    begin(Place.SEAL);
    bytes[TYPE_AT] = (byte) footer.type();
    totals(footer);
    return bytes;
  }

  /** Returns the SHA-256 of a plane. */
  byte[] digest(byte[] plane, int offset, int length) {
    sha256.update(plane, offset, length);
    return sha256.digest();
  }

  private void begin(Place place) {
    Arrays.fill(bytes, PLACE_AT, LENGTH_BYTES, (byte) 0);
    bytes[PLACE_AT] = place.number();
  }

  private void block(RecordHeader block) {
    bytes[TYPE_AT] = (byte) block.type();
    bytes[CODEC_AT] = (byte) block.codec();
    bytes[CIPHER_AT] = (byte) block.cipher();
    view.putInt(METADATA_RAW_AT, block.metadata().rawBytes())
        .putInt(PAYLOAD_RAW_AT, block.payload().rawBytes())
        .putInt(EVENT_COUNT_AT, block.eventCount())
        .putInt(DATA_BYTES_AT, block.dataBytes());
    totals(block);
  }

  private void totals(RecordHeader record) {
    view.putLong(SEQUENCE_AT, record.sequence())
        .putLong(FIRST_NANOS_AT, record.firstNanos())
        .putLong(LAST_NANOS_AT, record.lastNanos())
        .putLong(WATERMARK_NANOS_AT, record.watermarkNanos())
        .putLong(LOST_EVENTS_AT, record.lostEvents())
        .putLong(LOST_BYTES_AT, record.lostBytes());
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
