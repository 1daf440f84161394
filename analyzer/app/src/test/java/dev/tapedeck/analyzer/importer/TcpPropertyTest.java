// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ByteAccounting;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random connections with reordering, repetition, overlap and loss: the streams come out as they
 * were, and exactly the bytes that are in no packet are missing.
 */
class TcpPropertyTest {
  private static final int RUNS = 300;
  private static final int MAX_SEGMENT_BYTES = 1460;
  private static final int HEAD_BYTES = 80;

  /** A stream, and the bytes of it that are in no packet. */
  private static final class Stream {
    private final byte[] bytes;
    private final BitSet lost = new BitSet();

    Stream(Random random, String start, int maxLength) {
      int length = random.nextInt(maxLength);
      String fields = start + "Content-Length: " + length + "\r\n\r\n";
      byte[] head = fields.getBytes(StandardCharsets.US_ASCII);
      bytes = new byte[head.length + length];
      random.nextBytes(bytes);
      System.arraycopy(head, 0, bytes, 0, head.length);
    }
  }

  /** A packet, and about when it comes. */
  private record Planned(double when, boolean fromClient, int from, int to) {}

  @Test
  void run_anyPacketisation_givesTheStreams() throws IOException {
    for (int seed = 1; seed <= RUNS; seed++) {
      check(seed);
    }
  }

  private static void check(int seed) throws IOException {
    Random random = new Random(seed);
    boolean synchronised = random.nextInt(3) > 0;
    Stream client = new Stream(random, "POST /x HTTP/1.1\r\nHost: a\r\n", 20_000);
    Stream server = new Stream(random, "HTTP/1.1 200 OK\r\n", 40_000);
    List<Planned> packets = new ArrayList<>();
    plan(random, client, true, synchronised, packets);
    plan(random, server, false, synchronised, packets);
    packets.sort(Comparator.comparingDouble(Planned::when));
    Talk talk = new Talk().firstNumbers(random.nextInt(), random.nextInt());
    if (synchronised) {
      talk.handshake();
    }
    for (Planned packet : packets) {
      byte[] all = (packet.fromClient() ? client : server).bytes;
      byte[] payload = Arrays.copyOfRange(all, packet.from(), packet.to());
      talk.segment(packet.fromClient(), packet.from(), PacketBytes.ACK, payload);
    }
    talk.lost(true, client.bytes.length).lost(false, server.bytes.length);
    talk.acknowledge(true).acknowledge(false).close();
    Imports imported =
        verify(
            "seed " + seed, PacketBytes.pcap(PacketBytes.ETHERNET, talk.frames()), client, server);
    if (synchronised) {
      List<Session> sessions = imported.sessions();
      assertThat(sessions).as("seed " + seed).hasSize(1);
      check("seed " + seed, sessions.get(0).accounting().ingress(), client);
      check("seed " + seed, sessions.get(0).accounting().egress(), server);
    }
  }

  /** Cuts a stream into packets, some of which come late, twice, in other pieces, or never. */
  private static void plan(
      Random random, Stream stream, boolean fromClient, boolean synchronised, List<Planned> out) {
    int lossPercent = random.nextInt(4) * 5;
    int disorder = random.nextInt(4) * 3;
    int at = 0;
    while (at < stream.bytes.length) {
      int size = 1 + random.nextInt(random.nextBoolean() ? MAX_SEGMENT_BYTES : 40);
      int to = Math.min(stream.bytes.length, at + size);
      // The first bytes say that it is HTTP.
      boolean mayBeLost = at >= HEAD_BYTES;
      if (mayBeLost && random.nextInt(100) < lossPercent) {
        stream.lost.set(at, to);
      } else {
        double when =
            at
                + (at < HEAD_BYTES && !synchronised
                    ? 0
                    : random.nextInt(disorder * MAX_SEGMENT_BYTES + 1));
        out.add(new Planned(when, fromClient, at, to));
        if (random.nextInt(10) == 0) {
          int from = at + random.nextInt(to - at);
          out.add(new Planned(when + random.nextInt(5000), fromClient, from, to));
        }
      }
      at = to;
    }
    repeat(random, stream, fromClient, out);
  }

  /** Adds repetitions over the bounds of packets, of bytes that are in another packet too. */
  private static void repeat(Random random, Stream stream, boolean fromClient, List<Planned> out) {
    for (int i = 0; i < random.nextInt(6); i++) {
      int from = random.nextInt(stream.bytes.length);
      int to = Math.min(stream.bytes.length, from + 1 + random.nextInt(MAX_SEGMENT_BYTES));
      int lost = stream.lost.nextSetBit(from);
      to = lost >= 0 ? Math.min(to, lost) : to;
      if (to - from > 1) {
        out.add(new Planned(from + 100 + random.nextInt(3000), fromClient, from, to));
      }
    }
  }

  private static Imports verify(String name, byte[] file, Stream client, Stream server)
      throws IOException {
    Imports imported = Imports.of(file);
    for (Direction direction : Direction.values()) {
      Stream stream = direction == Direction.INGRESS ? client : server;
      BitSet seen = new BitSet();
      for (CaptureEvent event : imported.events()) {
        if (event instanceof StreamEvent.Data data && data.stream().direction() == direction) {
          int from = (int) data.position();
          Bytes payload = Objects.requireNonNull(data.payload());
          assertThat(seen.get(from, from + payload.length()).isEmpty())
              .as(name + ": twice at " + from)
              .isTrue();
          seen.set(from, from + payload.length());
          assertThat(payload)
              .as(name + " at " + from)
              .isEqualTo(Bytes.copyOf(stream.bytes).slice(from, from + payload.length()));
        } else if (event instanceof SocketEvent.Close close) {
          assertThat(close.end().position(direction)).as(name).isEqualTo(stream.bytes.length);
        }
      }
      BitSet missing = new BitSet();
      missing.set(0, stream.bytes.length);
      missing.andNot(seen);
      assertThat(missing).as(name + " " + direction).isEqualTo(stream.lost);
    }
    return imported;
  }

  private static void check(String name, ByteAccounting.Account account, Stream stream) {
    assertThat(account.lost()).as(name).isEqualTo(stream.lost.cardinality());
    assertThat(account.inMessages() + account.outsideMessages())
        .as(name)
        .isEqualTo(stream.bytes.length - stream.lost.cardinality());
  }
}
