// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static dev.tapedeck.analyzer.importer.PacketBytes.bytes;
import static dev.tapedeck.analyzer.importer.PacketBytes.ethernet;
import static dev.tapedeck.analyzer.importer.PacketBytes.ipv4;
import static dev.tapedeck.analyzer.importer.PacketBytes.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.importer.PacketBytes.Frame;
import dev.tapedeck.analyzer.importer.packet.LeftOut;
import dev.tapedeck.analyzer.importer.packet.PacketFormatException;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Gzip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same exchange in every kind of file, link layer and tunnel. */
class PacketLayersTest {
  private static void assertOneExchange(byte[] file) throws IOException {
    assertOneExchange(Imports.of(file));
  }

  private static void assertOneExchange(Imports imported) throws IOException {
    List<Exchange> exchanges = imported.exchanges();
    assertThat(exchanges).hasSize(1);
    assertThat(Objects.requireNonNull(exchanges.get(0).response()).body().content().toBytes())
        .hasToString("68656c6c6f");
  }

  private static Talk talkIn(UnaryOperator<byte[]> layers) {
    return new Talk()
        .in(layers)
        .handshake()
        .client(Talk.REQUEST)
        .server(Talk.RESPONSE)
        .acknowledge(true)
        .close();
  }

  static Stream<Arguments> layers() {
    return Stream.of(
        layer("null, little-endian", 0, d -> join(bytes(2, 0, 0, 0), d)),
        layer("null, big-endian", 0, d -> join(bytes(0, 0, 0, 2), d)),
        layer("ethernet", 1, d -> ethernet(0x0800, d)),
        layer("ethernet, padded", 1, d -> join(ethernet(0x0800, d), new byte[8])),
        layer("vlan", 1, d -> ethernet(0x8100, join(bytes(0, 5, 8, 0), d))),
        layer("qinq", 1, d -> ethernet(0x88a8, join(bytes(0, 5, 0x81, 0, 0, 6, 8, 0), d))),
        layer("mpls", 1, d -> ethernet(0x8847, join(bytes(0, 1, 0, 9, 0, 2, 1, 9), d))),
        layer("pppoe", 1, d -> ethernet(0x8864, join(bytes(0x11, 0, 0, 1, 0, 9, 0, 0x21), d))),
        layer("snap", 1, d -> ethernet(100, join(bytes(0xaa, 0xaa, 3, 0, 0, 0, 8, 0), d))),
        layer("ppp", 9, d -> join(bytes(0xff, 3, 0, 0x21), d)),
        layer("raw", 101, d -> d),
        layer("ipv4", 228, d -> d),
        layer("loop", 108, d -> join(bytes(0, 0, 0, 2), d)),
        layer("cooked", 113, d -> join(new byte[14], bytes(8, 0), d)),
        layer("cooked 2", 276, d -> join(bytes(8, 0), new byte[18], d)),
        layer("ip in ip", 101, d -> ipv4(true, 4, d)),
        layer("gre", 101, d -> ipv4(true, 47, join(bytes(0x20, 0, 8, 0, 0, 0, 0, 7), d))),
        layer(
            "gre ethernet",
            101,
            d -> ipv4(true, 47, join(bytes(0, 0, 0x65, 0x58), ethernet(0x0800, d)))),
        layer(
            "vxlan",
            101,
            d ->
                ipv4(
                    true,
                    17,
                    join(
                        bytes(9, 9, 0x12, 0xb5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0),
                        ethernet(0x0800, d)))),
        layer(
            "geneve",
            101,
            d ->
                ipv4(
                    true,
                    17,
                    join(
                        bytes(9, 9, 0x17, 0xc1, 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 1, 0, 1, 2, 3, 4),
                        d))),
        layer(
            "ip options",
            101,
            d ->
                join(
                    bytes(0x46, 0, (d.length + 4) >> 8, d.length + 4),
                    Arrays.copyOfRange(d, 4, 20),
                    bytes(1, 1, 1, 0),
                    Arrays.copyOfRange(d, 20, d.length))),
        layer(
            "no total length",
            101,
            d -> join(bytes(0x45, 0, 0, 0), Arrays.copyOfRange(d, 4, d.length))),
        layer(
            "ipv6", 229, d -> PacketBytes.ipv6(d[15] == 1, 6, Arrays.copyOfRange(d, 20, d.length))),
        layer(
            "ipv6 with headers",
            101,
            d ->
                PacketBytes.ipv6(
                    d[15] == 1,
                    0,
                    join(
                        bytes(60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0),
                        Arrays.copyOfRange(d, 20, d.length)))));
  }

  private static Arguments layer(String name, int linkType, UnaryOperator<byte[]> layers) {
    return Arguments.of(name, linkType, layers);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void run_anyLayer_givesTheExchange(String name, int linkType, UnaryOperator<byte[]> layers)
      throws IOException {
    assertOneExchange(PacketBytes.pcap(linkType, talkIn(layers).frames()));
  }

  @Test
  void run_fragments_arePutTogetherInAnyOrder() throws IOException {
    List<Frame> frames = new ArrayList<>();
    int id = 0;
    for (Frame frame : talkIn(datagram -> datagram).frames()) {
      id++;
      byte[] datagram = frame.bytes().toArray();
      boolean fromClient = datagram[15] == 1;
      byte[] content = Arrays.copyOfRange(datagram, 20, datagram.length);
      byte[] rest = Arrays.copyOfRange(content, 16, content.length);
      byte[] first = ipv4(fromClient, 6, id, 0x2000, Arrays.copyOf(content, 16));
      byte[] second = ipv4(fromClient, 6, id, 2, rest);
      frames.add(new Frame(frame.epochNanos(), Bytes.copyOf(second)));
      frames.add(new Frame(frame.epochNanos(), Bytes.copyOf(first)));
    }
    assertOneExchange(PacketBytes.pcap(101, frames));
    frames.remove(1);
    Imports imported = Imports.of(PacketBytes.pcap(101, frames));
    assertThat(imported.stats().leftOut()).containsEntry(LeftOut.FRAGMENT, 1L);
  }

  @ParameterizedTest
  @CsvSource({"a1b2c3d4", "a1b23c4d", "a1b2cd34"})
  void run_pcapOfEitherOrder_givesTheTimes(String magic) throws IOException {
    int number = (int) Long.parseLong(magic, 16);
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      Imports imported =
          Imports.of(PacketBytes.pcap(order, number, 1, 65_535, Talk.exchange().frames()));
      assertOneExchange(imported);
      assertThat(imported.exchanges().get(0).startedEpochNanos())
          .isEqualTo(Talk.START_NANOS + 3 * Talk.STEP_NANOS);
    }
  }

  @Test
  void run_pcapngWithSectionsOfBothOrders_givesTheTimes() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    List<Frame> frames = Talk.exchange().frames();
    int half = frames.size() / 2;
    // Seconds apart: resolution 10^-3, an offset of 1000 s.
    ByteOrder little = ByteOrder.LITTLE_ENDIAN;
    file.writeBytes(PacketBytes.section(little));
    file.writeBytes(PacketBytes.interfaceOf(little, 101, 0, new byte[0]));
    byte[] options =
        join(
            bytes(9, 0, 1, 0, 3, 0, 0, 0),
            bytes(14, 0, 8, 0, 0xe8, 3, 0, 0, 0, 0, 0, 0),
            new byte[4]);
    file.writeBytes(PacketBytes.interfaceOf(little, 1, 0, options));
    file.writeBytes(PacketBytes.block(little, 10, new byte[8]));
    for (Frame frame : frames.subList(0, half)) {
      long ticks = frame.epochNanos() / 1_000_000 - 1_000_000;
      file.writeBytes(PacketBytes.enhanced(little, 1, ticks, frame.bytes().toArray()));
    }
    ByteOrder big = ByteOrder.BIG_ENDIAN;
    file.writeBytes(PacketBytes.section(big));
    file.writeBytes(PacketBytes.interfaceOf(big, 1, 0, new byte[0]));
    for (Frame frame : frames.subList(half, frames.size())) {
      file.writeBytes(
          PacketBytes.enhanced(big, 0, frame.epochNanos() / 1000, frame.bytes().toArray()));
    }
    Imports imported = Imports.of(file.toByteArray());
    assertOneExchange(imported);
    assertThat(imported.stats().backwardPackets()).isZero();
    assertThat(imported.exchanges().get(0).startedEpochNanos())
        .isEqualTo(Talk.START_NANOS + 3 * Talk.STEP_NANOS);
    assertThat(imported.stats().skipped()).containsEntry("blocks of decryption secrets", 1L);
  }

  @Test
  void run_simpleAndObsoleteBlocks_areRead() throws IOException {
    ByteOrder order = ByteOrder.BIG_ENDIAN;
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(PacketBytes.section(order));
    file.writeBytes(PacketBytes.interfaceOf(order, 1, 65_535, new byte[0]));
    boolean simple = false;
    for (Frame frame : Talk.exchange().frames()) {
      int length = frame.bytes().length();
      byte[] size = bytes(0, 0, length >> 8, length);
      byte[] header = simple ? size : join(new byte[12], size, size);
      file.writeBytes(
          PacketBytes.block(order, simple ? 3 : 2, join(header, frame.bytes().toArray())));
      simple = !simple;
    }
    assertOneExchange(file.toByteArray());
  }

  @Test
  void run_compressedFiles_areUnpacked() throws IOException {
    assertOneExchange(Gzip.of(Talk.exchange().pcap()));
    ByteArrayOutputStream zstd = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdCompressorOutputStream(zstd)) {
      out.write(Talk.exchange().pcap());
    }
    assertOneExchange(zstd.toByteArray());
  }

  @Test
  void run_compressedFileThatIsCut_keepsWhatStandsBefore() throws IOException {
    List<Frame> frames = Talk.exchange().frames();
    List<Frame> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.addAll(frames);
    }
    byte[] zipped = Gzip.of(PacketBytes.pcap(1, many));
    Imports imported = Imports.of(Arrays.copyOf(zipped, zipped.length - 12));
    assertThat(imported.stats().damage()).contains("compressed file is damaged or cut");
    assertThat(imported.stats().packets()).isGreaterThan(1700);
    assertOneExchange(imported);
  }

  @Test
  void run_fileThatEndsEarly_keepsWhatStandsBefore() throws IOException {
    byte[] file = Talk.exchange().pcap();
    Imports imported = Imports.of(Arrays.copyOf(file, file.length - 10));
    assertThat(imported.stats().damage()).contains("the file ends within a packet");
    assertOneExchange(imported);
  }

  @Test
  void run_unknownLinkType_isRefusedByName() throws IOException {
    Imports imported = Imports.of(PacketBytes.pcap(105, Talk.exchange().frames()));
    assertThat(imported.stats().unsupportedLinks()).containsEntry(105, 9L);
  }

  @Test
  void open_otherFile_isRefused() {
    assertThatThrownBy(() -> Imports.of(new byte[100]))
        .isInstanceOf(PacketFormatException.class)
        .hasMessageContaining("neither pcap nor pcapng");
    assertThatThrownBy(() -> Imports.of(new byte[0])).isInstanceOf(PacketFormatException.class);
  }
}
