// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataRecordTest {
  private static final long SEED = 20_260_203;
  private static final int EVENTS = 3000;
  private static final CaptureHeader HEADER =
      CaptureHeader.newBuilder().fileId(Bytes.copyOf(new byte[16])).hostId(7).build();
  private static final WriterOptions OPTIONS =
      WriterOptions.newBuilder().blockBytes(16 << 10).blockAge(Duration.ofSeconds(1)).build();

  private final List<StreamHandle> streams = new ArrayList<>();
  private final ByteBuffer memory = ByteBuffer.allocateDirect(1 << 16);

  DataRecordTest() {
    for (int i = 0; i < 20; i++) {
      ProcessKey process = new ProcessKey(7, 100 + i % 3, 5);
      StreamOwner owner =
          i % 2 == 0
              ? new ConnectionId(7, 1000 + i, 1 + i)
              : new TlsSessionId(process, 0x7f00 + i, 1 + i);
      streams.add(
          new StreamHandle(new StreamId(owner, i % 2 == 0 ? Direction.EGRESS : Direction.INGRESS)));
    }
    Random random = new Random(SEED);
    for (int i = 0; i < memory.capacity(); i++) {
      memory.put(i, (byte) random.nextInt(40));
    }
  }

  /** Sets values that are all different from one event to the next. */
  private void fill(DataRecord data, int event, Random random) {
    StreamHandle stream = streams.get(random.nextInt(streams.size()));
    int captured = random.nextInt(10) == 0 ? 0 : random.nextInt(700);
    data.stamp(
        new ProcessKey(7, 100 + event % 3, 5),
        200 + event % 5,
        random.nextBoolean() ? 0 : 1_000L * event,
        2_000L * event + random.nextInt(3000));
    data.origin(event % 2, event % 4, event);
    data.call(CallKind.READ, event * 3L, event % 4, random.nextInt(1 << 20), random.nextInt(9000));
    data.bytes(
        stream,
        700L * event,
        captured + random.nextInt(2) * 50L,
        memory,
        random.nextInt(60_000),
        captured);
  }

  private byte[] written(boolean asEvents) throws IOException {
    InMemoryChannel file = new InMemoryChannel();
    Random random = new Random(SEED);
    DataRecord data = new DataRecord();
    try (CaptureWriter writer = CaptureWriter.create(file, "test", HEADER, OPTIONS)) {
      for (int i = 0; i < EVENTS; i++) {
        fill(data, i, random);
        if (asEvents) {
          writer.write(data.toEvent());
        } else {
          writer.write(data);
        }
        if (i % 17 == 0) {
          // Of the general path, on the same streams.
          writer.write(
              new StreamEvent.Transfer(
                  data.toEvent().stamp(), data.stream(), 5, 6, data.toEvent().call()));
        }
      }
      assertThat(writer.stats().blocks()).isGreaterThan(10);
    }
    return file.toByteArray();
  }

  @Test
  void write_recordsInsteadOfEvents_givesTheSameBytes() throws IOException {
    assertThat(written(false)).isEqualTo(written(true));
  }

  @Test
  void write_records_areReadAsTheEventsOfTheirValues() throws IOException {
    List<CaptureEvent> expected = new ArrayList<>();
    Random random = new Random(SEED);
    DataRecord data = new DataRecord();
    InMemoryChannel file = new InMemoryChannel();
    try (CaptureWriter writer = CaptureWriter.create(file, "test", HEADER, OPTIONS)) {
      for (int i = 0; i < EVENTS; i++) {
        fill(data, i, random);
        expected.add(data.toEvent());
        writer.write(data);
      }
    }
    assertThat(Captures.read(file.toByteArray()).events()).isEqualTo(expected);
  }

  @Test
  void write_handleUsedByTwoWriters_namesTheStreamInEach() throws IOException {
    DataRecord data = new DataRecord();
    fill(data, 0, new Random(SEED));
    data.bytes(streams.get(0), 0, 3, memory, 0, 3);
    InMemoryChannel first = new InMemoryChannel();
    InMemoryChannel second = new InMemoryChannel();
    try (CaptureWriter one = CaptureWriter.create(first, "one", HEADER, OPTIONS);
        CaptureWriter two = CaptureWriter.create(second, "two", HEADER, OPTIONS)) {
      one.write(data);
      two.write(data);
      one.flush();
      one.write(data);
    }
    assertThat(Captures.read(first.toByteArray()).events())
        .containsExactly(data.toEvent(), data.toEvent());
    assertThat(Captures.read(second.toByteArray()).events()).containsExactly(data.toEvent());
  }

  @Test
  void bytes_memoryTooSmall_isRejected() {
    DataRecord data = new DataRecord();

    assertThatThrownBy(() -> data.bytes(streams.get(0), 0, 9, ByteBuffer.allocate(8), 0, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capturedLength=9");
    assertThatThrownBy(() -> data.bytes(streams.get(0), 0, 2, memory, 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("originalLength=2");
  }

  @Test
  void stream_beforeBytes_isRefused() {
    DataRecord data = new DataRecord();

    assertThatThrownBy(data::stream).isInstanceOf(IllegalStateException.class);
  }
}
