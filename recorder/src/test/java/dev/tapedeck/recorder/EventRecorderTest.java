// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.Codec;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the recorder remembers does not grow with what it has seen. */
final class EventRecorderTest {
  private static final long HOST = 3;
  private static final int CONNECTIONS = 300_000;

  @TempDir Path folder;
  private final ProcessKeys keys = new ProcessKeys(HOST);
  private long sequence;

  private static final class Files implements CaptureFiles.FileSource {
    @Override
    public CaptureWriter newWriter(Path file, int number) throws IOException {
      return CaptureWriter.create(
          file,
          CaptureHeader.newBuilder()
              .fileId(Bytes.copyOf(new byte[CaptureHeader.FILE_ID_BYTES]))
              .hostId(HOST)
              .build(),
          WriterOptions.newBuilder().codec(Codec.ZSTD).build());
    }

    @Override
    public ClockEvent readClocks() {
      return new ClockEvent(
          new EventStamp(new ProcessKey(HOST, 0, 0), 0, 0, 1, EventOrigin.userSpace(0)), 1, 1);
    }
  }

  private EventStamp stamp(int pid) {
    return new EventStamp(
        keys.of(pid, 77), pid, 0, 1000 + sequence, new EventOrigin(0, 0, sequence++));
  }

  private StreamEvent.Data data(int pid, ConnectionId connection) {
    return new StreamEvent.Data(
        stamp(pid),
        new StreamId(connection, Direction.EGRESS),
        0,
        1,
        1,
        Bytes.copyOf(new byte[1]),
        new CallRef(CallKind.WRITE, sequence, 0, 1, 1));
  }

  private EventRecorder recorder(CaptureFiles files) {
    // Only lives of processes reach the discovery, and there are none here.
    return new EventRecorder(
        files, new Programs(new ProcFs(folder.resolve("proc")), false), keys, null);
  }

  private CaptureFiles files() throws IOException {
    return CaptureFiles.open(folder.resolve("x.tape"), FileOptions.defaults(), new Files());
  }

  @Test
  void accept_manyConnectionsThatEnd_remembersNoneOfThem() throws Exception {
    try (CaptureFiles files = files()) {
      EventRecorder recorder = recorder(files);
      for (int i = 1; i <= CONNECTIONS; i++) {
        ConnectionId connection = new ConnectionId(HOST, i, i);
        recorder.accept(data(9, connection));
        recorder.accept(
            new SocketEvent.Close(
                stamp(9),
                connection,
                new DescriptorRef(keys.of(9, 77), -1),
                new StreamEnds(1, 0, 0, 0, true)));
      }
      assertThat(recorder.streams()).isEqualTo(CONNECTIONS);
      assertThat(recorder.remembered()).as("only the process").isEqualTo(1);
    }
  }

  @Test
  void accept_manyConnectionsAndProcessesWhoseEndIsNotSeen_remembersSoMany() throws Exception {
    try (CaptureFiles files = files()) {
      EventRecorder recorder = recorder(files);
      for (int i = 1; i <= CONNECTIONS; i++) {
        recorder.accept(data(1 + i % 70_000, new ConnectionId(HOST, i, i)));
      }
      assertThat(recorder.streams()).isEqualTo(CONNECTIONS);
      assertThat(recorder.remembered()).isLessThanOrEqualTo(2 << 18);
      assertThat(keys.size()).isLessThanOrEqualTo(1 << 16);
    }
  }

  @Test
  void streams_sameStreamManyTimes_isCountedOnceUntilItEnds() throws Exception {
    try (CaptureFiles files = files()) {
      EventRecorder recorder = recorder(files);
      ConnectionId connection = new ConnectionId(HOST, 5, 6);
      StreamEvent.Data first = data(9, connection);
      recorder.accept(first);
      recorder.accept(first);
      recorder.accept(data(9, connection));
      assertThat(recorder.streams()).isEqualTo(1);
      recorder.accept(
          new SocketEvent.Close(
              stamp(9),
              connection,
              new DescriptorRef(keys.of(9, 77), -1),
              new StreamEnds(3, 0, 0, 0, true)));
      recorder.accept(first);
      assertThat(recorder.streams()).isEqualTo(2);
    }
  }
}
