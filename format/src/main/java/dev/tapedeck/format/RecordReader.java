// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a record holds: the events of a block, to a visitor; of other records, whether they
 * are sound.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class RecordReader {
  private final String name;
  private final PlaneReader planes;

  /**
   * Reads records of one file.
   *
   * @param name the file's, for messages
   */
  RecordReader(String name, PlaneReader planes) {
    this.name = name;
    this.planes = planes;
  }

  /**
   * Reads the record at {@code offset}.
   *
   * @throws CaptureFormatException.Unsupported when this version lacks what the record needs
   */
  void read(
      RecordHeader record,
      long offset,
      Projection projection,
      CaptureVisitor visitor,
      RecordWalk.DamageSink sink)
      throws IOException {
    if (!RecordType.isKnown(record.type())) {
      return;
    }
    Support.require(name, offset, record);
    if (record.type() == RecordType.BLOCK) {
      readBlock(record, offset, projection, visitor, sink);
      visitor.watermark(record.watermarkNanos());
    } else {
      readBody(record, offset, visitor, sink);
    }
  }

  private void readBlock(
      RecordHeader record,
      long offset,
      Projection projection,
      CaptureVisitor visitor,
      RecordWalk.DamageSink sink)
      throws IOException {
    int delivered = 0;
    try {
      byte[] metadata = planes.metadata(record, offset);
      byte[] payload =
          projection == Projection.ALL && planes.hasPayloadKey()
              ? payload(record, offset, sink)
              : null;
      BlockDecoder decoder = new BlockDecoder(metadata, payload, record.eventCount());
      boolean more = true;
      while (more) {
        more = decoder.next(visitor);
        delivered = decoder.delivered();
      }
    } catch (MalformedPlaneException e) {
      sink.damage(
          new Damage(
              offset,
              record.lengthBytes(),
              e.isTampered() ? DamageKind.TAMPERED : DamageKind.BLOCK,
              e.reason(),
              record.eventCount() - delivered));
    }
  }

  /**
   * Returns null when the plane is damaged, or was where the block was copied from: what the other
   * plane says is true all the same.
   */
  private byte @Nullable [] payload(RecordHeader record, long offset, RecordWalk.DamageSink sink)
      throws IOException, MalformedPlaneException {
    if (record.isPayloadLost() && record.payload().storedBytes() == 0) {
      return null;
    }
    try {
      return planes.payload(record, offset);
    } catch (MalformedPlaneException e) {
      if (e.isTampered()) {
        throw e;
      }
      long planeAt = offset + RecordLayout.HEADER_BYTES + record.metadata().storedBytes();
      int lengthBytes = record.payload().storedBytes();
      sink.damage(new Damage(planeAt, lengthBytes, DamageKind.BLOCK, e.reason(), 0));
      return null;
    }
  }

  /** Checks a record that holds no events. */
  private void readBody(
      RecordHeader record, long offset, CaptureVisitor visitor, RecordWalk.DamageSink sink)
      throws IOException {
    try {
      byte[] body = planes.metadata(record, offset);
      EncryptedFile encrypted = planes.encrypted();
      if (record.type() == RecordType.LOSS) {
        visitor.loss(CopyLoss.ofBody(body));
      } else if (record.type() == RecordType.FOOTER && encrypted != null) {
        encrypted.requireSeal(record, body);
      }
    } catch (MalformedPlaneException e) {
      boolean fileHeader = record.type() == RecordType.FILE_HEADER;
      sink.damage(
          new Damage(
              offset,
              record.lengthBytes(),
              e.isTampered()
                  ? DamageKind.TAMPERED
                  : fileHeader ? DamageKind.HEADER : DamageKind.INDEX,
              RecordType.nameOf(record.type()) + ": " + e.reason(),
              0));
    }
  }
}
