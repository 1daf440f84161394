// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import dev.tapedeck.analyzer.importer.har.HarFormatException;
import dev.tapedeck.analyzer.importer.packet.PacketFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes are a packet file or archive, or are refused, and never cost more memory than the
 * limits allow. With {@code make fuzz-import} Jazzer looks for bytes that are neither; without it
 * the inputs that it starts from are read, and those that it ever found.
 */
class PcapImportFuzzIT {
  /** Longest packet, fragments, first bytes held, and the history of repetitions. */
  private static final long MAX_ALLOCATED_BYTES = 64L << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Stream<byte[]> packetFiles() {
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      blocks.writeBytes(PacketBytes.section(order));
      blocks.writeBytes(
          PacketBytes.interfaceOf(order, 1, 0, PacketBytes.bytes(9, 0, 1, 0, 0x83, 0, 0, 0)));
      for (PacketBytes.Frame frame : Talk.exchange().frames()) {
        blocks.writeBytes(
            PacketBytes.enhanced(order, 0, frame.epochNanos() / 1000, frame.bytes().toArray()));
      }
    }
    Talk tunnels =
        new Talk()
            .in(
                datagram ->
                    PacketBytes.ipv4(
                        true, 47, PacketBytes.join(PacketBytes.bytes(0, 0, 8, 0), datagram)));
    return Stream.of(
        new byte[0],
        Talk.exchange().pcap(),
        blocks.toByteArray(),
        PacketBytes.pcap(101, tunnels.handshake().client(Talk.REQUEST).close().frames()),
        PacketBytes.pcap(
            113,
            new Talk()
                .in(datagram -> PacketBytes.join(new byte[14], PacketBytes.bytes(8, 0), datagram))
                .client(Talk.REQUEST)
                .server(Talk.RESPONSE)
                .frames()));
  }

  static Stream<byte[]> archives() {
    String archive =
        """
        {"log":{"entries":[{"startedDateTime":"2024-01-01T00:00:00+01:00","timings":{"wait":1},
         "request":{"method":"POST","url":"https://a:8/b?c#d","headers":[{"name":"x","value":"y"}],
          "postData":{"mimeType":"multipart/form-data","params":[{"name":"a","value":"b"}]}},
         "response":{"status":101,"headers":[{"name":"Content-Encoding","value":"br"}],
          "content":{"size":1,"encoding":"base64","text":"AA=="}},
         "_webSocketMessages":[{"type":"send","time":1.5,"opcode":2,"data":"AA=="}]}]}}""";
    return Stream.of(new byte[0], archive.getBytes(StandardCharsets.UTF_8));
  }

  /** Loading classes, which Jazzer changes on this thread, is no cost of the bytes. */
  @BeforeAll
  static void loadClasses() {
    packetFiles()
        .forEach(
            file ->
                assertThat(
                        catchThrowable(() -> Imports.of(new ByteArrayInputStream(file), Set.of())))
                    .matches(e -> e == null || e instanceof PacketFormatException));
  }

  @MethodSource("packetFiles")
  @FuzzTest(maxDuration = "30m")
  void run_anyBytes_arePacketsOrAreNot(byte[] file) throws IOException {
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    try {
      Imports.of(new ByteArrayInputStream(file), Set.of());
    } catch (PacketFormatException e) {
      assertThat(e.getMessage()).startsWith("test.pcap: ");
    } catch (IOException e) {
      // The first bytes say gzip or zstd, and the rest does not.
      assertThat(file.length).isGreaterThan(2);
    }
    assertThat(THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
        .isLessThan(MAX_ALLOCATED_BYTES + 100L * file.length);
  }

  @MethodSource("archives")
  @FuzzTest(maxDuration = "30m")
  void run_anyBytes_areAnArchiveOrAreNot(byte[] file) throws IOException {
    try {
      HarImport.open(new ByteArrayInputStream(file)).run(new CollectedEvents());
    } catch (HarFormatException e) {
      assertThat(e.getMessage()).isNotEmpty();
    } catch (IOException e) {
      // The first bytes say gzip or zstd, and the rest does not.
      assertThat(file.length).isGreaterThan(2);
    }
  }
}
