// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.pcapng;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.pcapng.TakenAddresses.Taken;
import dev.tapedeck.analyzer.session.StreamVisitor;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes recorded streams as TCP connections with their true times.
 *
 * <p>A connection that is known from its start has a handshake; one whose end was seen ends with
 * FIN, or with RST from the peer of the recorded process when it was given up. Bytes that were not
 * captured are missing segments. The first packet's comment says which process it was, and what its
 * addresses are where these had to be made up: where they are not known, and where another
 * connection has the same ones at that time. What was decrypted stands as plain text on port 80, so
 * that readers take it for HTTP.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the caller closes the stream.
 */
public final class PcapNgExporter implements StreamVisitor {
  /** Where readers expect HTTP. */
  private static final int PLAIN_PORT = 80;

  /** RFC 2544, section C.2.2: addresses that are nobody's. */
  private static final int NOBODY = 198 << 24 | 18 << 16;

  private final PcapNgWriter writer;
  private final TakenAddresses taken;
  private final byte[] packet = new byte[TcpPackets.MAX_PACKET_BYTES];
  private final Consumer<Damage> damages;
  private final Map<Integer, Connection> open = new HashMap<>();
  private final IntPredicate meant;
  private final CaptureRef capture;

  /** Sessions of the captures before, so that addresses and ports that are made up are new ones. */
  private final int before;

  private int last;
  private long written;

  /** A connection with the time of its last packet: times never run backwards in it. */
  private static final class Connection {
    private final TcpPackets packets;
    private final Taken addresses;
    private @Nullable String comment;
    private long lastNanos;

    Connection(TcpPackets packets, Taken addresses, String comment, long nanos) {
      this.packets = packets;
      this.addresses = addresses;
      this.comment = comment;
      this.lastNanos = nanos;
    }
  }

  /**
   * Writes the connections of a capture.
   *
   * @param writer of the file, which several captures may share one after another
   * @param taken addresses of the file's packets, shared as the writer is
   * @param capture how comments name it
   * @param before sessions of the captures before this one
   * @param meant which sessions are written, by their numbers
   * @param damages is told of damage in the capture
   */
  public PcapNgExporter(
      PcapNgWriter writer,
      TakenAddresses taken,
      CaptureRef capture,
      int before,
      IntPredicate meant,
      Consumer<Damage> damages) {
    this.writer = writer;
    this.taken = taken;
    this.damages = damages;
    this.before = before;
    this.last = before;
    this.meant = meant;
    this.capture = capture;
  }

  /** Returns how many connections of this capture were written. */
  public long written() {
    return written;
  }

  /** Returns how many sessions there are up to the last one of this capture. */
  public int last() {
    return last;
  }

  @Override
  public void opened(int number, ConnectionInfo info, boolean fromStart, long epochNanos)
      throws IOException {
    int unique = before + number;
    last = Math.max(last, unique);
    if (!meant.test(number)) {
      return;
    }
    byte[] client = address(info.client(), unique, 1);
    byte[] server = address(info.server(), unique, 2);
    if (client.length != server.length) {
      client = TcpPackets.mapped(client);
      server = TcpPackets.mapped(server);
    }
    boolean decrypted = info.tlsSession() != null;
    int clientPort = info.client().port() > 0 ? info.client().port() : 1024 + unique % 60000;
    int serverPort = decrypted || info.server().port() == 0 ? PLAIN_PORT : info.server().port();
    Long opened = info.openedEpochNanos();
    long start = fromStart && opened != null ? Math.min(opened, epochNanos) : epochNanos;
    Taken addresses = taken.take(client, clientPort, server, serverPort, fromStart, start);
    if (addresses == null) {
      client = server.length == 4 ? nobody(unique, 1) : TcpPackets.mapped(nobody(unique, 1));
      addresses = new Taken(0);
    }
    Connection connection =
        new Connection(
            new TcpPackets(client, clientPort, server, serverPort, addresses.firstSequence, packet),
            addresses,
            comment(number, info),
            start);
    open.put(number, connection);
    written++;
    if (fromStart) {
      TcpPackets packets = connection.packets;
      write(connection, packets.control(true, TcpPackets.SYN, true), connection.lastNanos);
      write(
          connection,
          packets.control(false, TcpPackets.SYN | TcpPackets.ACK, true),
          connection.lastNanos);
      write(connection, packets.control(true, TcpPackets.ACK, false), connection.lastNanos);
    }
  }

  @Override
  public void data(int number, boolean fromClient, Bytes run, long position, long epochNanos)
      throws IOException {
    Connection connection = open.get(number);
    if (connection == null) {
      return;
    }
    for (int from = 0; from < run.length(); from += TcpPackets.MAX_SEGMENT_BYTES) {
      int to = Math.min(run.length(), from + TcpPackets.MAX_SEGMENT_BYTES);
      int length = connection.packets.data(fromClient, run, from, to, position + from);
      write(connection, length, epochNanos);
    }
  }

  @Override
  public void gap(int number, boolean fromClient, long lengthBytes) {
    Connection connection = open.get(number);
    if (connection != null && lengthBytes > 0) {
      connection.packets.skip(fromClient, connection.packets.next(fromClient) + lengthBytes);
    }
  }

  @Override
  public void ended(int number, ConnectionInfo info, boolean reset) throws IOException {
    Connection connection = open.remove(number);
    if (connection == null) {
      return;
    }
    Long closed = info.closedEpochNanos();
    if (closed != null) {
      close(connection, info, reset, closed);
    }
    connection.addresses.ended(connection.lastNanos);
  }

  private void close(Connection connection, ConnectionInfo info, boolean reset, long closed)
      throws IOException {
    TcpPackets packets = connection.packets;
    if (reset) {
      // RFC 9293, section 3.5.2.
      boolean byClient = info.role() == Role.SERVER;
      write(connection, packets.control(byClient, TcpPackets.RST | TcpPackets.ACK, false), closed);
      return;
    }
    int end = TcpPackets.FIN | TcpPackets.ACK;
    write(connection, packets.control(true, end, false), closed);
    write(connection, packets.control(false, end, false), closed);
    write(connection, packets.lastAcknowledgment(true, true), closed);
  }

  @Override
  public void damage(Damage damage) {
    damages.accept(damage);
  }

  private void write(Connection connection, int length, long epochNanos) throws IOException {
    connection.lastNanos = Math.max(connection.lastNanos, epochNanos);
    writer.packet(connection.lastNanos, connection.packets.packet(), length, connection.comment);
    connection.comment = null;
  }

  private static byte[] address(Endpoint end, int number, int side) {
    String text = end.address();
    boolean numeric = !text.isEmpty() && text.matches("[0-9A-Fa-f:.]+(?:%[0-9A-Za-z]+)?");
    if (numeric && (text.indexOf(':') >= 0 || text.indexOf('.') >= 0)) {
      try {
        int zone = text.indexOf('%');
        return InetAddress.getByName(zone < 0 ? text : text.substring(0, zone)).getAddress();
      } catch (UnknownHostException e) {
        // Not an address after all: one that is nobody's stands for it.
        return nobody(number, side);
      }
    }
    return nobody(number, side);
  }

  private static byte[] nobody(int number, int side) {
    int address = NOBODY | (number * 2 + side & 0x1ffff);
    return new byte[] {
      (byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address
    };
  }

  private String comment(int number, ConnectionInfo info) {
    StringBuilder text = new StringBuilder("session ");
    text.append(capture.qualify(Integer.toString(number))).append("; ");
    text.append(info.role().name().toLowerCase(Locale.ROOT)).append(" side of process ");
    text.append(info.process().comm().isEmpty() ? "?" : info.process().comm());
    text.append(" (pid ").append(info.process().pid()).append(')');
    if (!info.process().exe().isEmpty()) {
      text.append(' ').append(info.process().exe());
    }
    text.append("; client ").append(shown(info.client()));
    text.append(", server ").append(shown(info.server()));
    TlsInfo tls = info.tls();
    if (tls != null) {
      text.append("; decrypted");
      append(text, " ", tls.version());
      append(text, " ", tls.cipher());
      append(text, " for ", tls.sni());
    }
    return text.toString().replaceAll("\\p{Cntrl}", "?");
  }

  private static void append(StringBuilder text, String before, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      text.append(before).append(value);
    }
  }

  private static String shown(Endpoint end) {
    return end.address().isEmpty() ? "unknown" : end.port() == 0 ? end.address() : end.toString();
  }
}
