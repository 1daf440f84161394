// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.analyzer.importer.PacketBytes.Frame;
import dev.tapedeck.format.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Packets of one TCP connection, a millisecond apart.
 *
 * <p>Positions are those of the streams: 0 is the first byte after the SYN.
 */
final class Talk {
  static final long START_NANOS = 1_700_000_000_000_000_000L;
  static final long STEP_NANOS = 1_000_000L;
  static final String REQUEST = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  static final String RESPONSE = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

  private final List<Frame> frames = new ArrayList<>();
  private int clientFirst = 1000;
  private int serverFirst = 9000;
  private int port = PacketBytes.SERVER_PORT;
  private long nanos = START_NANOS;
  private long clientNext;
  private long serverNext;
  private UnaryOperator<byte[]> wrap = datagram -> PacketBytes.ethernet(0x0800, datagram);

  /** Uses other numbers for the first bytes. */
  Talk firstNumbers(int client, int server) {
    clientFirst = client;
    serverFirst = server;
    return this;
  }

  Talk port(int number) {
    port = number;
    return this;
  }

  /** Puts datagrams into other frames. */
  Talk in(UnaryOperator<byte[]> layers) {
    wrap = layers;
    return this;
  }

  Talk pause(long pauseNanos) {
    nanos += pauseNanos;
    return this;
  }

  Talk handshake() {
    segment(true, -1, PacketBytes.SYN, "");
    segment(false, -1, PacketBytes.SYN | PacketBytes.ACK, "");
    return segment(true, 0, PacketBytes.ACK, "");
  }

  Talk client(String text) {
    segment(true, clientNext, PacketBytes.ACK, text);
    clientNext += text.length();
    return this;
  }

  Talk server(String text) {
    segment(false, serverNext, PacketBytes.ACK, text);
    serverNext += text.length();
    return this;
  }

  /** Bytes that go by without a packet. */
  Talk lost(boolean ofClient, int length) {
    if (ofClient) {
      clientNext += length;
    } else {
      serverNext += length;
    }
    return this;
  }

  /** An acknowledgment of all that was sent. */
  Talk acknowledge(boolean byClient) {
    return segment(byClient, byClient ? clientNext : serverNext, PacketBytes.ACK, "");
  }

  Talk close() {
    segment(true, clientNext, PacketBytes.FIN | PacketBytes.ACK, "");
    clientNext++;
    segment(false, serverNext, PacketBytes.FIN | PacketBytes.ACK, "");
    serverNext++;
    return segment(true, clientNext, PacketBytes.ACK, "");
  }

  Talk segment(boolean fromClient, long position, int flags, String text) {
    return segment(fromClient, position, flags, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  Talk segment(boolean fromClient, long position, int flags, byte[] payload) {
    int sequence = (int) ((fromClient ? clientFirst : serverFirst) + position);
    int acknowledgment =
        (flags & PacketBytes.ACK) == 0
            ? 0
            : (int) (fromClient ? serverFirst + serverNext : clientFirst + clientNext);
    byte[] tcp = PacketBytes.tcp(fromClient, port, sequence, acknowledgment, flags, payload);
    return frame(wrap.apply(PacketBytes.ipv4(fromClient, 6, tcp)));
  }

  Talk frame(byte[] bytes) {
    frames.add(new Frame(nanos, Bytes.copyOf(bytes)));
    nanos += STEP_NANOS;
    return this;
  }

  List<Frame> frames() {
    return frames;
  }

  byte[] pcap() {
    return PacketBytes.pcap(PacketBytes.ETHERNET, frames);
  }

  /** A whole connection with one exchange. */
  static Talk exchange() {
    return new Talk().handshake().client(REQUEST).server(RESPONSE).acknowledge(true).close();
  }
}
