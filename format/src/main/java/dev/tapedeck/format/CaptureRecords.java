// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordChannel;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lists the records of a capture with what their headers say, and compares their checksums: without
 * a key, and without unpacking anything.
 *
 * <p><b>Limits:</b> one stored plane is in memory.
 */
public final class CaptureRecords {
  private final RecordChannel channel;
  private byte[] stored = new byte[0];

  private CaptureRecords(RecordChannel channel) {
    this.channel = channel;
  }

  /** Takes records, in the file's order. */
  public interface Visitor {
    /** Takes one. */
    void record(Entry entry) throws IOException;

    /** Takes what stands between records, or is missing there. */
    void damage(Damage damage) throws IOException;
  }

  /**
   * A record; {@code docs/FORMAT.md}, section 2, says what its fields mean.
   *
   * @param offset where it stands
   * @param lengthBytes of the whole record
   * @param type number of its type
   * @param typeName name of its type
   * @param sequence blocks before it
   * @param absentBlocks how many of these a copy lacks
   * @param codec number of the codec
   * @param cipher number of the cipher
   * @param compatibleFlags bits
   * @param incompatibleFlags bits
   * @param metadata metadata plane, or body
   * @param payload payload plane
   * @param eventCount events in it
   * @param dataBytes bytes of its data events
   * @param firstNanos earliest exit time
   * @param lastNanos latest exit time
   * @param watermarkNanos no event with an earlier exit time follows
   * @param lostEvents by loss events
   * @param lostBytes by loss events
   * @param eventsBefore events in earlier blocks
   * @param dataBytesBefore bytes of data events in earlier blocks
   */
  public record Entry(
      long offset,
      long lengthBytes,
      int type,
      String typeName,
      long sequence,
      int absentBlocks,
      int codec,
      int cipher,
      int compatibleFlags,
      int incompatibleFlags,
      Plane metadata,
      Plane payload,
      int eventCount,
      int dataBytes,
      long firstNanos,
      long lastNanos,
      long watermarkNanos,
      long lostEvents,
      long lostBytes,
      long eventsBefore,
      long dataBytesBefore) {
    /** Returns whether all checksums hold. */
    public boolean isSound() {
      return metadata.checksumHolds() && payload.checksumHolds();
    }
  }

  /**
   * A plane, or a body.
   *
   * @param storedBytes its length in the file
   * @param rawBytes its length unpacked
   * @param checksumHolds whether the stored bytes are those that were written
   */
  public record Plane(int storedBytes, int rawBytes, boolean checksumHolds) {}

  /**
   * Reads the records of a capture.
   *
   * @throws CaptureFormatException when it is no capture
   */
  public static void read(Path file, Visitor visitor) throws IOException {
    String name = file.toString();
    try (RecordChannel channel =
            new RecordChannel(FileChannel.open(file, StandardOpenOption.READ));
        PlaneReader planes = new PlaneReader(channel, ReaderOptions.MAX_BLOCK_BYTES)) {
      FileOpening.Opened opened =
          new FileOpening(channel, planes, name, Identities.none()).open(false);
      RecordScanner scanner = new RecordScanner(channel, channel.size(), opened.fileId());
      RecordWalk walk = new RecordWalk(scanner, visitor::damage);
      CaptureRecords records = new CaptureRecords(channel);
      for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
        visitor.record(records.entry(record, walk.offset()));
      }
    }
  }

  private Entry entry(RecordHeader record, long offset) throws IOException {
    long metadataAt = offset + RecordLayout.HEADER_BYTES;
    long payloadAt = metadataAt + record.metadata().storedBytes();
    return new Entry(
        offset,
        record.lengthBytes(),
        record.type(),
        RecordType.nameOf(record.type()),
        record.sequence(),
        record.absentBlocks(),
        record.codec(),
        record.cipher(),
        record.compatibleFlags(),
        record.incompatibleFlags(),
        plane(record.metadata(), metadataAt),
        plane(record.payload(), payloadAt),
        record.eventCount(),
        record.dataBytes(),
        record.firstNanos(),
        record.lastNanos(),
        record.watermarkNanos(),
        record.lostEvents(),
        record.lostBytes(),
        record.eventsBefore(),
        record.dataBytesBefore());
  }

  private Plane plane(PlaneInfo plane, long offset) throws IOException {
    return new Plane(plane.storedBytes(), plane.rawBytes(), checksumHolds(plane, offset));
  }

  private boolean checksumHolds(PlaneInfo plane, long offset) throws IOException {
    try {
      StoredPlane.requireLimit(plane, ReaderOptions.MAX_BLOCK_BYTES, "");
      if (stored.length < plane.storedBytes()) {
        stored = new byte[plane.storedBytes() + plane.storedBytes() / 4];
      }
      StoredPlane.read(channel, offset, plane, stored, 0, "");
      return true;
    } catch (MalformedPlaneException e) {
      return false; // Which is the answer.
    }
  }
}
