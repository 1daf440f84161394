// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.recorder.CallConvention.Effect;
import dev.tapedeck.recorder.CallConvention.Length;
import dev.tapedeck.recorder.CallConvention.Result;
import dev.tapedeck.recorder.bpf.RingBufferReader;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library that nobody has is recorded when it has rows in the table, and nothing else. */
@BpfTest
final class TlsTableIT {
  private static final TlsFamily FAKE =
      new TlsFamily(
          "fake",
          Pattern.compile("libfake_tls\\.so"),
          "FakeTLS ",
          name -> name,
          List.of(
              TlsFamily.call(
                  "fake_tls_send",
                  EventLayout.Call.SSL_WRITE,
                  Direction.EGRESS,
                  Effect.COPY,
                  Length.asSize(3),
                  Result.SSIZE),
              TlsFamily.call(
                  "fake_tls_recv",
                  EventLayout.Call.SSL_READ,
                  Direction.INGRESS,
                  Effect.COPY,
                  Length.asSize(3),
                  Result.SSIZE),
              TlsFamily.call(
                  "fake_tls_that_this_version_lacks",
                  EventLayout.Call.SSL_PEEK,
                  Direction.INGRESS,
                  Effect.PEEK,
                  Length.asSize(3),
                  Result.SSIZE),
              TlsFamily.atEntry("fake_tls_close", "tls_free")),
          Set.of("fake_tls_send", "fake_tls_recv"));

  @TempDir Path folder;

  @Test
  void record_libraryOfRowsAlone_isByteExact() throws Exception {
    Path source = folder.resolve("fake_tls.c");
    try (var in = getClass().getResourceAsStream("fake_tls.c")) {
      Files.copy(in, source);
    }
    String library = folder.resolve("libfake_tls.so").toString();
    String program = folder.resolve("fake_program").toString();
    build("-shared", "-fPIC", "-DLIBRARY", "-o", library, source.toString());
    build("-o", program, source.toString(), library);
    List<CaptureEvent> events = new ArrayList<>();
    try (KernelSide kernel =
            KernelSide.load(
                RecorderOptions.newBuilder().build(), (int) ProcessHandle.current().pid());
        ProbeAttacher attacher = new ProbeAttacher(kernel);
        RingBufferReader ring = kernel.openRing()) {
      Process process = new ProcessBuilder(program).start();
      try {
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        TlsLibraryFinder finder =
            new TlsLibraryFinder(new ProcFs(Path.of("/proc")), List.of(TlsFamily.OPENSSL, FAKE));
        List<TlsLibrary> found = finder.inProcess((int) process.pid());
        assertThat(found).hasSize(1);
        assertThat(found.get(0).family()).isEqualTo(FAKE);
        assertThat(found.get(0).version()).isEqualTo("1.2.3");
        assertThat(attacher.attach(found.get(0), ProbeOwner.EVERYBODY).refusal()).isEmpty();

        process.outputWriter().append('\n').close();
        assertThat(process.waitFor()).isZero();
      } finally {
        process.destroyForcibly();
      }
      RecordDecoder decoder = new RecordDecoder(new ProcessKeys(1), events::add);
      assertThat(ring.drain(decoder, Integer.MAX_VALUE)).isPositive();
      assertThat(decoder.malformed()).isZero();
    }

    assertThat(bytes(events, Direction.EGRESS)).isEqualTo(sent());
    assertThat(bytes(events, Direction.INGRESS)).isEqualTo(received());
    assertThat(events).hasAtLeastOneElementOfType(TlsEvent.Free.class);
  }

  private void build(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("cc", "-O1"));
    command.addAll(Arrays.asList(arguments));
    assertThat(TestServers.run(folder, command.toArray(String[]::new))).as("cc").isZero();
  }

  private static Bytes bytes(List<CaptureEvent> events, Direction direction) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (CaptureEvent event : events) {
      if (event instanceof StreamEvent.Data data && data.stream().direction() == direction) {
        assertThat(data.position()).isEqualTo(bytes.size());
        bytes.writeBytes(data.payload().toArray());
      }
    }
    return Bytes.copyOf(bytes.toByteArray());
  }

  private static Bytes sent() {
    int[] sizes = {5, 0, 0, 4096, 33_000, 65_536, 7};
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < sizes.length; i++) {
      byte[] part = new byte[sizes[i]];
      Arrays.fill(part, (byte) ('a' + i));
      bytes.writeBytes(part);
    }
    return Bytes.copyOf(bytes.toByteArray());
  }

  private static Bytes received() {
    byte[] bytes = new byte[5 + 4096 + 33_000 + 100_000 + 7];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return Bytes.copyOf(bytes);
  }
}
