// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.HeldRecord;
import dev.tapedeck.format.internal.RecordChannel;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file in sections: one thread walks over its records and takes their bytes, any thread
 * decodes them.
 *
 * <p>What the walk finds stands in the section between its records. So a reading is the same
 * whoever decodes.
 *
 * <p><b>Threads:</b> confined to one, but for the sections.
 */
final class SectionReading implements CaptureSections {
  /** Small blocks share a section, up to this: handing over takes time too. */
  private static final int SHARED_EVENTS = 2048;

  private static final int SHARED_BYTES = 1 << 19;
  private static final int SHARED_RECORDS = 256;

  /** What an event takes in memory beside its payload, about. */
  private static final int EVENT_BYTES = 64;

  private final String name;
  private final RecordChannel channel;
  private final PlaneReader planes;
  private final int maxBytes;
  private final Projection projection;
  private final Strictness strictness;
  private final RecordWalk walk;
  private final ConcurrentLinkedQueue<Decoder> idle = new ConcurrentLinkedQueue<>();
  private Section current;
  private boolean ended;

  /** Makes of who takes damage one who takes it as the reader's options say. */
  @FunctionalInterface
  interface Strictness {
    RecordWalk.DamageSink over(RecordWalk.DamageSink sink);
  }

  /**
   * Begins a reading.
   *
   * @param name the file's, for messages
   * @param maxBytes planes that are larger are not read
   * @param scanner that has passed no record
   */
  SectionReading(
      String name,
      RecordChannel channel,
      PlaneReader planes,
      int maxBytes,
      Projection projection,
      RecordScanner scanner,
      Strictness strictness) {
    this.name = name;
    this.channel = channel;
    this.planes = planes;
    this.maxBytes = maxBytes;
    this.projection = projection;
    this.strictness = strictness;
    this.current = new Section();
    this.walk =
        new RecordWalk(
            scanner, TamperGuard.over(planes.encrypted(), damage -> current.found.add(damage)));
  }

  @Override
  public @Nullable CaptureSection next() {
    if (ended) {
      return null;
    }
    Section section = new Section();
    current = section;
    try {
      while (!ended && !section.isEnough()) {
        RecordHeader record = walk.next();
        if (record == null) {
          ended = true;
        } else {
          section.add(record, walk.offset());
        }
      }
    } catch (IOException e) {
      section.found.add(e);
      ended = true;
    }
    return section.found.isEmpty() ? null : section;
  }

  @Override
  public void close() {
    idle.forEach(decoder -> decoder.planes.close());
    idle.clear();
  }

  /** What one thread needs for itself. */
  private static final class Decoder {
    private final HeldRecord held = new HeldRecord();
    private final PlaneReader planes;
    private final RecordReader records;

    Decoder(String name, PlaneReader model) {
      planes = model.from(held);
      records = new RecordReader(name, planes);
    }
  }

  /** A record and the stored bytes of the planes that will be looked at. */
  private static final class Stored {
    private final RecordHeader header;
    private final long offset;
    private final byte[] bytes;

    Stored(RecordHeader header, long offset, byte[] bytes) {
      this.header = header;
      this.offset = offset;
      this.bytes = bytes;
    }
  }

  /** Some records; a failure to read the file is the last thing in it. */
  private final class Section implements CaptureSection {
    /** Records, damage, and what ended the reading. */
    private final List<Object> found = new ArrayList<>(1);

    private long events;
    private long bytes;

    boolean isEnough() {
      return events >= SHARED_EVENTS || bytes >= SHARED_BYTES || found.size() >= SHARED_RECORDS;
    }

    void add(RecordHeader record, long offset) throws IOException {
      int metadata = record.metadata().storedBytes();
      int payload = projection == Projection.ALL ? record.payload().storedBytes() : 0;
      byte[] stored = new byte[0];
      if (RecordType.isKnown(record.type()) && metadata <= maxBytes) {
        stored = new byte[metadata + (payload > maxBytes ? 0 : payload)];
        int count = channel.read(offset + RecordLayout.HEADER_BYTES, stored, 0, stored.length);
        stored = count == stored.length ? stored : Arrays.copyOf(stored, count);
      }
      found.add(new Stored(record, offset, stored));
      events += Math.max(0, record.eventCount());
      bytes +=
          stored.length
              + (long) EVENT_BYTES * Math.max(0, record.eventCount())
              + (projection == Projection.ALL ? Math.max(0, record.payload().rawBytes()) : 0);
    }

    @Override
    public long events() {
      return events;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void decode(CaptureVisitor visitor) throws IOException {
      RecordWalk.DamageSink sink = strictness.over(visitor::damage);
      Decoder own = idle.poll();
      Decoder decoder = own == null ? new Decoder(name, planes) : own;
      try {
        for (Object one : found) {
          if (one instanceof Stored stored) {
            decoder.held.hold(stored.bytes, stored.offset + RecordLayout.HEADER_BYTES);
            decoder.records.read(stored.header, stored.offset, projection, visitor, sink);
          } else if (one instanceof Damage damage) {
            sink.damage(damage);
          } else if (one instanceof IOException failure) {
            throw failure;
          }
        }
      } finally {
        decoder.held.hold(new byte[0], 0);
        idle.add(decoder);
      }
    }
  }
}
