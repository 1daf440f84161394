// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes through the tunnel behind a CONNECT (RFC 9110, section 9.3.6): plain HTTP/1 where the
 * client begins with a strict request line; everything else is not read, TLS above all.
 *
 * <p><b>Threads:</b> confined to one. <b>Limits:</b> keeps one line until it is whole.
 */
final class TunnelParser implements ProtocolParser {
  private static final int MAX_LINE_BYTES = 16_384;
  private static final int MAX_METHOD_BYTES = 20;
  private static final String LINE_END = " HTTP/1.";

  private final ProtocolSwitch tunnel;
  private List<Item> waiting = new ArrayList<>(1);
  private Bytes line = Bytes.empty();

  /** Null for as long as it is not known what it is. */
  private @Nullable ProtocolParser inside;

  TunnelParser(ProtocolSwitch tunnel) {
    this.tunnel = tunnel;
  }

  /** A run of the client's. */
  private record Item(Bytes run, long position, long startNanos, long endNanos) {}

  @Override
  public void data(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    if (inside == null && request) {
      waiting.add(new Item(run, position, startNanos, endNanos));
      line = line.plus(run);
      decide();
    } else {
      inside().data(request, run, position, startNanos, endNanos);
    }
  }

  private void decide() {
    int end = 0;
    while (end < line.length() && line.get(end) != '\n') {
      end++;
    }
    boolean whole = end < line.length();
    if (!mayBeRequest(line, end) || end > MAX_LINE_BYTES) {
      become(new OpaqueParser());
    } else if (whole && isRequest(line.slice(0, end).toLatin1())) {
      become(
          new ExchangeParser(
              tunnel.options(),
              tunnel.session().fromItsStart(),
              tunnel.sink(),
              new Course(tunnel.nextIndex())));
    } else if (whole) {
      become(new OpaqueParser());
    }
  }

  private static boolean mayBeRequest(Bytes line, int end) {
    int at = 0;
    while (at < end && line.get(at) >= 'A' && line.get(at) <= 'Z') {
      at++;
    }
    return at <= MAX_METHOD_BYTES && (at == end || (at > 0 && line.get(at) == ' '));
  }

  private static boolean isRequest(String text) {
    String stripped = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    int method = stripped.indexOf(' ');
    int version = stripped.length() - LINE_END.length() - 1;
    return method > 0
        && version > method + 1
        && stripped.startsWith(LINE_END, version)
        && (stripped.endsWith("0") || stripped.endsWith("1"))
        && stripped.indexOf(' ', method + 1) == version;
  }

  private void become(ProtocolParser parser) {
    inside = parser;
    for (Item item : waiting) {
      parser.data(true, item.run(), item.position(), item.startNanos(), item.endNanos());
    }
    waiting = List.of();
    line = Bytes.empty();
  }

  /** A server that speaks first, a gap and the end leave no HTTP to be found. */
  private ProtocolParser inside() {
    ProtocolParser known = inside;
    if (known == null) {
      known = new OpaqueParser();
      become(known);
    }
    return known;
  }

  @Override
  public void gap(boolean request, long lengthBytes, MissingCause cause) {
    inside().gap(request, lengthBytes, cause);
  }

  @Override
  public void end(boolean closed) {
    inside().end(closed);
  }

  @Override
  public long inMessages(boolean request) {
    return inside == null ? 0 : inside.inMessages(request);
  }

  @Override
  public long outsideMessages(boolean request) {
    return inside == null ? 0 : inside.outsideMessages(request);
  }

  @Override
  public long strayBytes(boolean request) {
    return inside == null ? 0 : inside.strayBytes(request);
  }

  @Override
  public void detach() {
    for (int i = 0; i < waiting.size(); i++) {
      Item item = waiting.get(i);
      waiting.set(
          i, new Item(item.run().detached(), item.position(), item.startNanos(), item.endNanos()));
    }
    line = line.detached();
    if (inside != null) {
      inside.detach();
    }
  }

  @Override
  public long heldBytes() {
    return inside == null ? line.length() : inside.heldBytes();
  }

  @Override
  public void relieve(long keptBytes) {
    if (inside != null) {
      inside.relieve(keptBytes);
    }
  }
}
