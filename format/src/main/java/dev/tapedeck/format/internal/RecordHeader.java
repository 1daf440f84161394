// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

import static dev.tapedeck.format.internal.RecordLayout.ABSENT_BLOCKS_AT;
import static dev.tapedeck.format.internal.RecordLayout.CIPHER_AT;
import static dev.tapedeck.format.internal.RecordLayout.CODEC_AT;
import static dev.tapedeck.format.internal.RecordLayout.COMPATIBLE_FLAGS_AT;
import static dev.tapedeck.format.internal.RecordLayout.DATA_BYTES_AT;
import static dev.tapedeck.format.internal.RecordLayout.DATA_BYTES_BEFORE_AT;
import static dev.tapedeck.format.internal.RecordLayout.EVENTS_BEFORE_AT;
import static dev.tapedeck.format.internal.RecordLayout.EVENT_COUNT_AT;
import static dev.tapedeck.format.internal.RecordLayout.FILE_ID_AT;
import static dev.tapedeck.format.internal.RecordLayout.FIRST_NANOS_AT;
import static dev.tapedeck.format.internal.RecordLayout.FRAME_LENGTH_AT;
import static dev.tapedeck.format.internal.RecordLayout.FRAME_MAGIC;
import static dev.tapedeck.format.internal.RecordLayout.FRAME_PREFIX_BYTES;
import static dev.tapedeck.format.internal.RecordLayout.HEADER_BYTES;
import static dev.tapedeck.format.internal.RecordLayout.HEADER_CRC_AT;
import static dev.tapedeck.format.internal.RecordLayout.INCOMPATIBLE_FLAGS_AT;
import static dev.tapedeck.format.internal.RecordLayout.LAST_NANOS_AT;
import static dev.tapedeck.format.internal.RecordLayout.LOST_BYTES_AT;
import static dev.tapedeck.format.internal.RecordLayout.LOST_EVENTS_AT;
import static dev.tapedeck.format.internal.RecordLayout.MAGIC;
import static dev.tapedeck.format.internal.RecordLayout.MAGIC_AT;
import static dev.tapedeck.format.internal.RecordLayout.METADATA_AT;
import static dev.tapedeck.format.internal.RecordLayout.OWN_OFFSET_AT;
import static dev.tapedeck.format.internal.RecordLayout.PAYLOAD_AT;
import static dev.tapedeck.format.internal.RecordLayout.PREVIOUS_LENGTH_AT;
import static dev.tapedeck.format.internal.RecordLayout.SEQUENCE_AT;
import static dev.tapedeck.format.internal.RecordLayout.TYPE_AT;
import static dev.tapedeck.format.internal.RecordLayout.WATERMARK_NANOS_AT;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The fixed-size header of a record; {@link RecordLayout} has the table.
 *
 * @param fileId of the file
 * @param ownOffset where the record begins
 * @param sequence blocks before this record
 * @param type see {@link RecordType}; unsigned byte
 * @param codec of the planes; unsigned byte
 * @param cipher of the planes; unsigned byte
 * @param compatibleFlags unknown bits may be ignored
 * @param incompatibleFlags unknown bits must be refused
 * @param previousLength length of the record before
 * @param metadata metadata plane, or body
 * @param payload payload plane
 * @param eventCount events in the block
 * @param dataBytes bytes of its data events
 * @param firstNanos earliest exit time
 * @param lastNanos latest exit time
 * @param watermarkNanos no event with an earlier exit time follows
 * @param lostEvents by loss events
 * @param lostBytes by loss events
 * @param eventsBefore events in earlier blocks
 * @param dataBytesBefore bytes of data events in earlier blocks
 * @param absentBlocks how many of the {@code sequence} blocks before this record a copy lacks
 */
public record RecordHeader(
    FileId fileId,
    long ownOffset,
    long sequence,
    int type,
    int codec,
    int cipher,
    int compatibleFlags,
    int incompatibleFlags,
    int previousLength,
    PlaneInfo metadata,
    PlaneInfo payload,
    int eventCount,
    int dataBytes,
    long firstNanos,
    long lastNanos,
    long watermarkNanos,
    long lostEvents,
    long lostBytes,
    long eventsBefore,
    long dataBytesBefore,
    int absentBlocks) {
  /** Planes are stored as they are. */
  public static final int CODEC_PLAIN = 0;

  /** Each plane is one zstd frame. */
  public static final int CODEC_ZSTD = 1;

  /** Planes are encrypted as FORMAT.md, section 13, says. */
  public static final int CIPHER_AES_GCM = 1;

  /** Compatible flag of a block: the payload plane was damaged and is left out of the copy. */
  public static final int PAYLOAD_LOST = 1;

  /** Incompatible flag of a file header: the planes of all blocks are encrypted. */
  public static final int FLAG_ENCRYPTED = 1;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Returns the length of the whole record, planes included. */
  public long lengthBytes() {
    return (long) HEADER_BYTES + metadata.storedBytes() + payload.storedBytes();
  }

  /** Writes the header's bytes to the start of {@code target}. */
  public void writeTo(byte[] target) {
    int skipped = type == RecordType.BLOCK ? 0 : metadata.storedBytes();
    INT.set(target, 0, FRAME_MAGIC);
    INT.set(target, FRAME_LENGTH_AT, HEADER_BYTES - FRAME_PREFIX_BYTES + skipped);
    LONG.set(target, MAGIC_AT, MAGIC);
    LONG.set(target, FILE_ID_AT, fileId.first());
    LONG.set(target, FILE_ID_AT + Long.BYTES, fileId.second());
    LONG.set(target, OWN_OFFSET_AT, ownOffset);
    LONG.set(target, SEQUENCE_AT, sequence);
    target[TYPE_AT] = (byte) type;
    target[CODEC_AT] = (byte) codec;
    target[CIPHER_AT] = (byte) cipher;
    target[CIPHER_AT + 1] = 0;
    INT.set(target, COMPATIBLE_FLAGS_AT, compatibleFlags);
    INT.set(target, INCOMPATIBLE_FLAGS_AT, incompatibleFlags);
    INT.set(target, PREVIOUS_LENGTH_AT, previousLength);
    writePlane(target, METADATA_AT, metadata);
    writePlane(target, PAYLOAD_AT, payload);
    INT.set(target, EVENT_COUNT_AT, eventCount);
    INT.set(target, DATA_BYTES_AT, dataBytes);
    LONG.set(target, FIRST_NANOS_AT, firstNanos);
    LONG.set(target, LAST_NANOS_AT, lastNanos);
    LONG.set(target, WATERMARK_NANOS_AT, watermarkNanos);
    LONG.set(target, LOST_EVENTS_AT, lostEvents);
    LONG.set(target, LOST_BYTES_AT, lostBytes);
    LONG.set(target, EVENTS_BEFORE_AT, eventsBefore);
    LONG.set(target, DATA_BYTES_BEFORE_AT, dataBytesBefore);
    INT.set(target, ABSENT_BLOCKS_AT, absentBlocks);
    INT.set(target, HEADER_CRC_AT, crc32c(target, 0, HEADER_CRC_AT));
  }

  private static void writePlane(byte[] target, int at, PlaneInfo plane) {
    INT.set(target, at, plane.storedBytes());
    INT.set(target, at + Integer.BYTES, plane.rawBytes());
    INT.set(target, at + 2 * Integer.BYTES, plane.crc32c());
  }

  /**
   * Returns the header at {@code offset} of {@code source}, or null when the bytes there are no
   * sound header: magic, checksum, or lengths are wrong. File id and own offset are the caller's to
   * compare.
   */
  public static @Nullable RecordHeader parse(byte[] source, int offset) {
    if ((int) INT.get(source, offset) != FRAME_MAGIC
        || (long) LONG.get(source, offset + MAGIC_AT) != MAGIC
        || (int) INT.get(source, offset + HEADER_CRC_AT) != crc32c(source, offset, HEADER_CRC_AT)) {
      return null;
    }
    RecordHeader header =
        new RecordHeader(
            new FileId(
                (long) LONG.get(source, offset + FILE_ID_AT),
                (long) LONG.get(source, offset + FILE_ID_AT + Long.BYTES)),
            (long) LONG.get(source, offset + OWN_OFFSET_AT),
            (long) LONG.get(source, offset + SEQUENCE_AT),
            source[offset + TYPE_AT] & 0xFF,
            source[offset + CODEC_AT] & 0xFF,
            source[offset + CIPHER_AT] & 0xFF,
            (int) INT.get(source, offset + COMPATIBLE_FLAGS_AT),
            (int) INT.get(source, offset + INCOMPATIBLE_FLAGS_AT),
            (int) INT.get(source, offset + PREVIOUS_LENGTH_AT),
            parsePlane(source, offset + METADATA_AT),
            parsePlane(source, offset + PAYLOAD_AT),
            (int) INT.get(source, offset + EVENT_COUNT_AT),
            (int) INT.get(source, offset + DATA_BYTES_AT),
            (long) LONG.get(source, offset + FIRST_NANOS_AT),
            (long) LONG.get(source, offset + LAST_NANOS_AT),
            (long) LONG.get(source, offset + WATERMARK_NANOS_AT),
            (long) LONG.get(source, offset + LOST_EVENTS_AT),
            (long) LONG.get(source, offset + LOST_BYTES_AT),
            (long) LONG.get(source, offset + EVENTS_BEFORE_AT),
            (long) LONG.get(source, offset + DATA_BYTES_BEFORE_AT),
            (int) INT.get(source, offset + ABSENT_BLOCKS_AT));
    int frameLength = (int) INT.get(source, offset + FRAME_LENGTH_AT);
    return header.isConsistent(frameLength) ? header : null;
  }

  /**
   * Returns the major version that a file's first bytes state; −1 when they are those of no
   * capture. A start that is too short to state it counts as this version's.
   */
  public static int majorVersion(byte[] start) {
    byte[] model = new byte[HEADER_BYTES];
    newBuilder(new FileId(0, 0), RecordType.FILE_HEADER).build().writeTo(model);
    int versionAt = RecordLayout.FILE_ID_AT - 1;
    for (int i = 0; i < start.length && i < versionAt; i++) {
      boolean length = i >= FRAME_LENGTH_AT && i < MAGIC_AT;
      if (!length && start[i] != model[i]) {
        return -1;
      }
    }
    if (start.length == 0) {
      return -1;
    }
    return start.length > versionAt ? start[versionAt] & 0xFF : RecordLayout.MAJOR_VERSION;
  }

  private static PlaneInfo parsePlane(byte[] source, int at) {
    return new PlaneInfo(
        (int) INT.get(source, at),
        (int) INT.get(source, at + Integer.BYTES),
        (int) INT.get(source, at + 2 * Integer.BYTES));
  }

  private boolean isConsistent(int frameLength) {
    boolean positive =
        metadata.storedBytes() >= 0
            && metadata.rawBytes() >= 0
            && payload.storedBytes() >= 0
            && payload.rawBytes() >= 0
            && eventCount >= 0
            && dataBytes >= 0
            && ownOffset >= 0
            && absentBlocks >= 0
            && sequence >= absentBlocks
            && eventsBefore >= 0;
    int plain = HEADER_BYTES - FRAME_PREFIX_BYTES;
    return positive
        && (type == RecordType.BLOCK
            ? frameLength == plain
            : payload.storedBytes() == 0 && frameLength - plain == metadata.storedBytes());
  }

  /** Returns the CRC32C (RFC 3720, appendix B.4) of a part of the array. */
  public static int crc32c(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** Returns whether the payload plane is left out because it was damaged. */
  public boolean isPayloadLost() {
    return type == RecordType.BLOCK && (compatibleFlags & PAYLOAD_LOST) != 0;
  }

  /** Returns the bytes of data events that the file has. */
  public int presentDataBytes() {
    return isPayloadLost() ? 0 : dataBytes;
  }

  /** Returns how many blocks of this file come before the record. */
  public long blocksBefore() {
    return sequence - absentBlocks;
  }

  /** Returns a builder that holds this header's values. */
  public Builder toBuilder() {
    return new Builder(fileId, type)
        .place(ownOffset, previousLength)
        .before(sequence, eventsBefore, dataBytesBefore)
        .absent(absentBlocks)
        .planes(codec, metadata, payload)
        .cipher(cipher)
        .flags(compatibleFlags, incompatibleFlags)
        .content(eventCount, dataBytes)
        .times(firstNanos, lastNanos, watermarkNanos)
        .lost(lostEvents, lostBytes);
  }

  /** Returns a builder of a header whose fields are 0. */
  public static Builder newBuilder(FileId fileId, int type) {
    return new Builder(fileId, type);
  }

  /** Collects the fields of a {@link RecordHeader}. */
  public static final class Builder {
    private FileId fileId;
    private final int type;
    private long ownOffset;
    private long sequence;
    private int codec;
    private int cipher;
    private int compatibleFlags;
    private int incompatibleFlags;
    private int absentBlocks;
    private int previousLength;
    private PlaneInfo metadata = PlaneInfo.EMPTY;
    private PlaneInfo payload = PlaneInfo.EMPTY;
    private int eventCount;
    private int dataBytes;
    private long firstNanos;
    private long lastNanos;
    private long watermarkNanos;
    private long lostEvents;
    private long lostBytes;
    private long eventsBefore;
    private long dataBytesBefore;

    private Builder(FileId fileId, int type) {
      this.fileId = fileId;
      this.type = type;
    }

    /** Sets the file to which the record belongs. */
    public Builder fileId(FileId fileId) {
      this.fileId = fileId;
      return this;
    }

    /** Sets how many of the blocks before this record a copy lacks. */
    public Builder absent(int absentBlocks) {
      this.absentBlocks = absentBlocks;
      return this;
    }

    /** Sets how the planes are encrypted. */
    public Builder cipher(int cipher) {
      this.cipher = cipher;
      return this;
    }

    /** Sets the flags. */
    public Builder flags(int compatibleFlags, int incompatibleFlags) {
      this.compatibleFlags = compatibleFlags;
      this.incompatibleFlags = incompatibleFlags;
      return this;
    }

    /** Sets where the record stands and how long the one before it is. */
    public Builder place(long ownOffset, int previousLength) {
      this.ownOffset = ownOffset;
      this.previousLength = previousLength;
      return this;
    }

    /** Sets what the blocks before this record hold. */
    public Builder before(long sequence, long eventsBefore, long dataBytesBefore) {
      this.sequence = sequence;
      this.eventsBefore = eventsBefore;
      this.dataBytesBefore = dataBytesBefore;
      return this;
    }

    /** Sets the planes. */
    public Builder planes(int codec, PlaneInfo metadata, PlaneInfo payload) {
      this.codec = codec;
      this.metadata = metadata;
      this.payload = payload;
      return this;
    }

    /** Sets what the block holds. */
    public Builder content(int eventCount, int dataBytes) {
      this.eventCount = eventCount;
      this.dataBytes = dataBytes;
      return this;
    }

    /** Sets the times. */
    public Builder times(long firstNanos, long lastNanos, long watermarkNanos) {
      this.firstNanos = firstNanos;
      this.lastNanos = lastNanos;
      this.watermarkNanos = watermarkNanos;
      return this;
    }

    /** Sets what was lost. */
    public Builder lost(long lostEvents, long lostBytes) {
      this.lostEvents = lostEvents;
      this.lostBytes = lostBytes;
      return this;
    }

    /** Returns the header. */
    public RecordHeader build() {
      return new RecordHeader(
          fileId,
          ownOffset,
          sequence,
          type,
          codec,
          cipher,
          compatibleFlags,
          incompatibleFlags,
          previousLength,
          metadata,
          payload,
          eventCount,
          dataBytes,
          firstNanos,
          lastNanos,
          watermarkNanos,
          lostEvents,
          lostBytes,
          eventsBefore,
          dataBytesBefore,
          absentBlocks);
    }
  }
}
