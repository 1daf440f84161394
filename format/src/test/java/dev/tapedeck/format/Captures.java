// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Captures in memory: writing them, reading them, and taking them apart. */
final class Captures {
  private Captures() {}

  /** What a reading gave. */
  record Reading(List<CaptureEvent> events, List<Damage> damages) {
    /** Returns what adds to this reading. */
    CaptureVisitor visitor() {
      return new CaptureVisitor() {
        @Override
        public void event(CaptureEvent event) {
          events.add(event);
        }

        @Override
        public void damage(Damage damage) {
          damages.add(damage);
        }
      };
    }
  }

  /** One record of an undamaged capture. */
  record Placed(int offset, RecordHeader header) {
    int end() {
      return offset + (int) header.lengthBytes();
    }

    boolean isBlock() {
      return header.type() == RecordType.BLOCK;
    }
  }

  /** Writes a capture with a block for each of the lists. */
  static byte[] write(WriterOptions options, List<? extends List<? extends CaptureEvent>> blocks) {
    InMemoryChannel channel = new InMemoryChannel();
    try (CaptureWriter writer =
        CaptureWriter.create(channel, "test.tape", TestObjects.header(), options)) {
      for (List<? extends CaptureEvent> block : blocks) {
        for (CaptureEvent event : block) {
          writer.write(event);
        }
        writer.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return channel.toByteArray();
  }

  /** Writes a capture of the events, blocks as they come. */
  static byte[] writeAll(WriterOptions options, List<? extends CaptureEvent> events) {
    return write(options, List.of(events));
  }

  static Reading read(byte[] capture) throws IOException {
    return read(capture, Projection.ALL, ReaderOptions.defaults());
  }

  static Reading read(byte[] capture, Projection projection, ReaderOptions options)
      throws IOException {
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(capture), "test.tape", options)) {
      return read(reader, projection);
    }
  }

  static Reading read(CaptureReader reader, Projection projection) throws IOException {
    Reading reading = new Reading(new ArrayList<>(), new ArrayList<>());
    reader.read(projection, reading.visitor());
    return reading;
  }

  static CaptureSummary summary(byte[] capture) throws IOException {
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(capture), "test.tape", ReaderOptions.defaults())) {
      return reader.summary();
    }
  }

  /** Returns the records of an undamaged capture. */
  static List<Placed> records(byte[] capture) {
    List<Placed> records = new ArrayList<>();
    int offset = 0;
    while (offset < capture.length) {
      RecordHeader header = RecordHeader.parse(capture, offset);
      if (header == null) {
        throw new IllegalStateException("no record at " + offset);
      }
      records.add(new Placed(offset, header));
      offset += (int) header.lengthBytes();
    }
    return records;
  }

  static List<Placed> blocks(byte[] capture) {
    return records(capture).stream().filter(Placed::isBlock).toList();
  }

  /** Returns the events without the payload of data events, as a metadata reading gives them. */
  static List<CaptureEvent> withoutPayload(List<? extends CaptureEvent> events) {
    List<CaptureEvent> without = new ArrayList<>();
    for (CaptureEvent event : events) {
      if (event instanceof StreamEvent.Data data) {
        without.add(
            new StreamEvent.Data(
                data.stamp(),
                data.stream(),
                data.position(),
                data.originalLength(),
                data.capturedLength(),
                null,
                data.call()));
      } else {
        without.add(event);
      }
    }
    return without;
  }

  /** Returns small blocks of different events, so that a lost one is noticed. */
  static List<List<CaptureEvent>> smallBlocks(int count) {
    List<List<CaptureEvent>> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      EventGenerator generator = new EventGenerator(i + 1);
      List<CaptureEvent> events = new ArrayList<>(generator.events(3));
      events.add(
          TestObjects.data(
              1_000_000L * (i + 1), i, 100L * i, Bytes.latin1("block " + i + " block " + i)));
      blocks.add(events);
    }
    return blocks;
  }

  static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  static List<CaptureEvent> flat(List<List<CaptureEvent>> blocks) {
    return blocks.stream().flatMap(List::stream).toList();
  }
}
