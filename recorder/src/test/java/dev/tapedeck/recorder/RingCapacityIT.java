// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.recorder.bpf.RingBufferReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How much a ring holds that nobody reads. Fixed reserves of 16 KiB let 8 MiB hold 512 events
 * whatever their size.
 */
@BpfTest
final class RingCapacityIT {
  private static final int RING_BYTES = 8 << 20;

  private static final String SENDER =
      """
      import socket, sys, threading
      size, calls = int(sys.argv[1]), int(sys.argv[2])
      server = socket.create_server(("127.0.0.1", 0))
      client = socket.create_connection(server.getsockname())
      peer, _ = server.accept()
      def read():
          while peer.recv(1 << 20, socket.MSG_TRUNC):
              pass
      reader = threading.Thread(target=read)
      reader.start()
      sys.stdin.readline()
      call = (b"POST / HTTP/1.1\\r\\n" + b"x" * size)[:size]
      for i in range(calls):
          client.sendall(call)
      client.close()
      reader.join()
      """;

  @TempDir Path folder;

  /** An event takes its class of size: 56 + 88 bytes of fixed part, 8 of the ring's own. */
  @ParameterizedTest
  @CsvSource({"100, 30000, 17000", "900, 9000, 6000", "16000, 800, 420"})
  void reserve_callsOfOneSize_takeTheirClassOfSizeOnly(int size, int calls, int atLeast)
      throws Exception {
    Path script = Files.writeString(folder.resolve("sender.py"), SENDER);
    Process sender =
        new ProcessBuilder(
                "/usr/bin/python3",
                script.toString(),
                Integer.toString(size),
                Integer.toString(calls))
            .redirectErrorStream(true)
            .start();
    try {
      RecorderOptions options =
          RecorderOptions.newBuilder()
              .pids(Set.of((int) sender.pid()))
              .ringBytes(RING_BYTES)
              .build();
      try (KernelSide kernel = KernelSide.load(options, (int) ProcessHandle.current().pid());
          RingBufferReader ring = kernel.openRing()) {
        kernel.addTarget((int) sender.pid(), ControlLayout.Target.SET);
        kernel.attachTracepoints();
        sender.getOutputStream().write('\n');
        sender.getOutputStream().flush();
        assertThat(sender.waitFor(60, TimeUnit.SECONDS)).isTrue();
        kernel.detachTracepoints();

        List<CaptureEvent> events = new ArrayList<>();
        RecordDecoder decoder = new RecordDecoder(new ProcessKeys(1), events::add);
        while (ring.drain(decoder, 4096) > 0) {}
        long kept =
            events.stream()
                .filter(e -> e instanceof StreamEvent.Data data && data.capturedLength() == size)
                .count();
        Map<LossEvent.Cause, KernelSide.LossCount> losses = kernel.losses();
        assertThat(kept).isGreaterThanOrEqualTo(atLeast);
        assertThat(kept + losses.get(LossEvent.Cause.RING_FULL).events())
            .as("kept and lost is sent")
            .isGreaterThanOrEqualTo(calls);
        assertThat(losses.get(LossEvent.Cause.RING_FULL).bytes()).isEqualTo((calls - kept) * size);
        assertThat(decoder.malformed()).isZero();
      }
    } finally {
      sender.destroyForcibly();
    }
  }
}
