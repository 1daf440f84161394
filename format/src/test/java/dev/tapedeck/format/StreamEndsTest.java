// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamEndsTest {
  @TempDir Path folder;

  @Test
  void write_endsWithAndWithoutWhatWasSkipped_areReadAsWritten() throws Exception {
    List<CaptureEvent> events = new ArrayList<>();
    long nanos = TestObjects.START_NANOS;
    for (StreamEnds ends :
        List.of(
            new StreamEnds(10, 20, 3, 4, 1, 0, true, false),
            new StreamEnds(10, 20, 3, 4, true),
            new StreamEnds(10, 20, 3, 4, 0, 4, true, true))) {
      events.add(
          new SocketEvent.Close(
              TestObjects.stamp(++nanos, events.size()),
              TestObjects.CONNECTION,
              new DescriptorRef(TestObjects.SERVER_PROCESS, 5),
              ends));
      events.add(
          new TlsEvent.Free(
              TestObjects.stamp(++nanos, events.size()), TestObjects.TLS_SESSION, ends));
    }
    Path file = folder.resolve("x.tape");
    CaptureHeader header =
        CaptureHeader.newBuilder()
            .fileId(Bytes.copyOf(new byte[CaptureHeader.FILE_ID_BYTES]))
            .hostId(TestObjects.HOST_ID)
            .build();
    try (CaptureWriter writer =
        CaptureWriter.create(file, header, WriterOptions.newBuilder().build())) {
      for (CaptureEvent event : events) {
        writer.write(event);
      }
    }

    List<CaptureEvent> read = new ArrayList<>();
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      reader.read(Projection.ALL, read::add);
    }

    assertThat(read).isEqualTo(events);
  }

  @Test
  void skippedBytes_ofEachDirection_areItsOwn() {
    StreamEnds ends = new StreamEnds(10, 20, 3, 4, 1, 2, true, false);

    assertThat(ends.lostBytes(Direction.EGRESS)).isEqualTo(3);
    assertThat(ends.lostBytes(Direction.INGRESS)).isEqualTo(4);
    assertThat(ends.skippedBytes(Direction.EGRESS)).isEqualTo(1);
    assertThat(ends.skippedBytes(Direction.INGRESS)).isEqualTo(2);
    assertThat(StreamEnds.UNKNOWN.skippedBytes(Direction.EGRESS)).isEqualTo(-1);
  }
}
