// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.TlsInfo;
import dev.tapedeck.analyzer.http.internal.h2.FrameReader;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which protocol a connection speaks and has its exchanges parsed.
 *
 * <p>The protocol is HTTP/2 when the handshake says so (ALPN, RFC 9113, section 3.2), when the
 * client begins with the preface (section 3.4), or when a connection that the recording joined late
 * has moved no HTTP/1 but frames ({@link Http2Hints}). One that was joined behind a WebSocket
 * handshake is told by its frames too ({@link JoinedWebSocket}). What an HTTP/1 connection switches
 * to, {@link ProtocolSwitch} says.
 *
 * <p><b>Lifecycle:</b> {@link #data} and {@link #gap} in the order of the events, {@link #end}
 * once.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> exchanges keep views of the runs.
 */
public final class ConnectionParser {
  private static final int MAX_UNDECIDED = 64;
  private static final Bytes PREFACE = FrameReader.PREFACE;

  /** No request begins like this: the method is reserved (RFC 9113, section 11.6). */
  private static final int TELLING_PREFACE_BYTES = "PRI ".length();

  private final AnalyzerOptions options;
  private SessionContext session;
  private final Consumer<Exchange> sink;

  /** What came before the protocol was known. */
  private List<Item> undecided = new ArrayList<>(0);

  private final boolean negotiated;
  private int prefaceBytes;

  /** Nothing was found before requests were lost: frames may follow as on one joined late. */
  private boolean startLost;

  private @Nullable ProtocolParser parser;
  private @Nullable Http1Connection http1;
  private @Nullable Http2Parser http2;

  /** Reads beside HTTP/1 until either has found something; null before and after. */
  private @Nullable JoinedWebSocket webSocket;

  private boolean searchesWebSocket;

  /** What came while the requests may begin with a proxy's header; null when that is known. */
  private @Nullable List<Item> leading;

  private Bytes lead = Bytes.empty();
  private long preambleBytes;

  /**
   * Makes a parser.
   *
   * @param options bounds
   * @param session what all exchanges share
   * @param sink takes the exchanges, in order
   */
  public ConnectionParser(
      AnalyzerOptions options, SessionContext session, Consumer<Exchange> sink) {
    this.options = options;
    this.session = session;
    this.sink = sink;
    TlsInfo tls = session.connection().tls();
    this.negotiated = tls != null && "h2".equals(tls.alpn());
    this.searchesWebSocket = !session.fromStart();
    this.leading = session.fromStart() ? new ArrayList<>(0) : null;
  }

  /** A run, or a gap when there is no run. */
  private record Item(
      boolean request,
      @Nullable Bytes run,
      long position,
      long startNanos,
      long endNanos,
      long length,
      MissingCause cause) {
    Item detached() {
      return run == null
          ? this
          : new Item(request, run.detached(), position, startNanos, endNanos, length, cause);
    }
  }

  /**
   * Takes bytes of one direction in.
   *
   * @param request whether they go to the server
   * @param position of the first byte in its stream
   * @param startNanos when they began to move, monotonic
   * @param endNanos when they had moved
   */
  public void data(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    if (leading == null) {
      read(request, run, position, startNanos, endNanos);
      return;
    }
    if (!request || (lead.isEmpty() && !ProxyPreamble.mayBegin(run))) {
      lead();
      read(request, run, position, startNanos, endNanos);
      return;
    }
    leading.add(
        new Item(true, run, position, startNanos, endNanos, run.length(), MissingCause.LOST));
    lead = lead.plus(run);
    if (ProxyPreamble.length(lead) != ProxyPreamble.MORE) {
      lead();
    }
  }

  /** Reads what came, without a proxy's header if it begins with one. */
  private void lead() {
    List<Item> items = leading;
    if (items == null) {
      return;
    }
    leading = null;
    int header = Math.max(0, ProxyPreamble.length(lead));
    if (header > 0) {
      session = session.with(ProxyPreamble.read(lead.slice(0, header)));
      preambleBytes = header;
    }
    lead = Bytes.empty();
    int skip = header;
    for (Item item : items) {
      Bytes run = item.run();
      int skipped = run == null ? 0 : Math.min(skip, run.length());
      skip -= skipped;
      if (run != null && skipped < run.length()) {
        read(
            true,
            run.slice(skipped, run.length()),
            item.position() + skipped,
            item.startNanos(),
            item.endNanos());
      }
    }
  }

  /** Returns the connection, with what a proxy said of it. */
  public ConnectionInfo connection() {
    return session.connection();
  }

  private void read(boolean request, Bytes run, long position, long startNanos, long endNanos) {
    if (http1 != null && http2 == null && mayBeHttp2(request, run)) {
      http1.end(false);
      stopSearch();
      parser = http2(false, false);
    }
    if (parser != null) {
      feed(parser, request, run, position, startNanos, endNanos);
      return;
    }
    undecided.add(
        new Item(request, run, position, startNanos, endNanos, run.length(), MissingCause.LOST));
    boolean mayBePreface = request && matchPreface(run);
    if (mayBePreface && prefaceBytes == PREFACE.length()) {
      decide(http2(true, true));
    } else if (!mayBePreface && !mayComeFirst(request, run)) {
      decide(withoutPreface(request, run));
    }
  }

  private void feed(
      ProtocolParser decided,
      boolean request,
      Bytes run,
      long position,
      long startNanos,
      long endNanos) {
    decided.data(request, run, position, startNanos, endNanos);
    if (!searchesWebSocket || http1 == null || decided != http1) {
      return;
    }
    if (!http1.foundNothing()) {
      stopSearch();
      return;
    }
    if (webSocket == null) {
      webSocket = new JoinedWebSocket(options, session, sink);
    }
    webSocket.data(request, run, position, startNanos, endNanos);
    if (webSocket.isProven()) {
      becomeWebSocket(webSocket);
    } else if (webSocket.isHopeless()) {
      stopSearch();
    }
  }

  private void becomeWebSocket(JoinedWebSocket found) {
    parser = found;
    http1 = null;
    webSocket = null;
    searchesWebSocket = false;
  }

  private void stopSearch() {
    if (webSocket != null) {
      webSocket.close();
    }
    webSocket = null;
    searchesWebSocket = false;
  }

  private boolean matchPreface(Bytes run) {
    int count = Math.min(run.length(), PREFACE.length() - prefaceBytes);
    if (!run.slice(0, count).equals(PREFACE.slice(prefaceBytes, prefaceBytes + count))) {
      return false;
    }
    prefaceBytes += count;
    return true;
  }

  /** A server need not wait for the preface before it says its settings (section 3.4). */
  private boolean mayComeFirst(boolean request, Bytes run) {
    return !request
        && undecided.size() < MAX_UNDECIDED
        && (prefaceBytes > 0
            || Http2Hints.beginsWithFrames(run, false)
            || (session.fromStart() && answersBeginWithFrame()));
  }

  /** A frame of settings begins with the high byte of a small number, no answer of HTTP/1 does. */
  private boolean answersBeginWithFrame() {
    for (Item item : undecided) {
      if (!item.request()) {
        return item.run() != null && item.run().get(0) == 0;
      }
    }
    return false;
  }

  private boolean mayBeHttp2(boolean request, Bytes run) {
    return (!session.fromStart() || startLost)
        && http1 != null
        && http1.foundNothing()
        && Http2Hints.beginsWithFrames(run, request);
  }

  private ProtocolParser withoutPreface(boolean request, Bytes run) {
    boolean joined = !session.fromStart() && Http2Hints.beginsWithFrames(run, request);
    return joined ? http2(false, false) : withoutPreface();
  }

  private ProtocolParser withoutPreface() {
    return negotiated ? http2(session.fromStart(), session.fromStart()) : http1();
  }

  /**
   * Takes a gap of one direction in.
   *
   * @param lengthBytes how many bytes are missing; −1 when not known
   */
  public void gap(boolean request, long lengthBytes, MissingCause cause) {
    lead();
    startLost |= request && (http1 == null || http1.foundNothing());
    if (parser == null) {
      undecided.add(new Item(request, null, 0, 0, 0, lengthBytes, cause));
      if (request && prefaceBytes >= TELLING_PREFACE_BYTES) {
        decide(http2(false, session.fromStart()));
      } else if (request || undecided.size() == MAX_UNDECIDED) {
        decide(withoutPreface());
      }
    } else {
      gap(parser, request, lengthBytes, cause);
    }
  }

  private void gap(ProtocolParser decided, boolean request, long lengthBytes, MissingCause cause) {
    decided.gap(request, lengthBytes, cause);
    if (webSocket != null) {
      webSocket.gap(request, lengthBytes, cause);
    }
  }

  private void decide(ProtocolParser decided) {
    parser = decided;
    for (Item item : undecided) {
      // Bytes may change what it is.
      ProtocolParser current = decided();
      if (item.run() == null) {
        gap(current, item.request(), item.length(), item.cause());
      } else {
        feed(
            current,
            item.request(),
            item.run(),
            item.position(),
            item.startNanos(),
            item.endNanos());
      }
    }
    undecided = List.of();
  }

  private ProtocolParser http1() {
    http1 = new Http1Connection(options, session, sink);
    return http1;
  }

  private ProtocolParser http2(boolean requestsFromStart, boolean responsesFromStart) {
    http2 = new Http2Parser(options, session, requestsFromStart, responsesFromStart, sink);
    return http2;
  }

  private ProtocolParser decided() {
    if (parser == null) {
      decide(withoutPreface());
    }
    ProtocolParser known = parser;
    if (known == null) {
      throw new IllegalStateException("no protocol was decided on");
    }
    return known;
  }

  /**
   * Ends both directions.
   *
   * @param closed whether the connection ended in order, rather than the recording or by a reset
   */
  public void end(boolean closed) {
    lead();
    decided().end(closed);
    if (webSocket != null && http1 != null) {
      JoinedWebSocket last = webSocket;
      last.close();
      if (http1.foundNothing() && last.isProven()) {
        becomeWebSocket(last);
        last.emit();
      }
      webSocket = null;
    }
  }

  /**
   * Returns whether the connection spoke HTTP, of which lost bytes may have left nothing to tell.
   */
  public boolean isHttp() {
    return http2 != null || (http1 != null && http1.hasLeftOut());
  }

  /** Bytes that HTTP/1 made nothing of, before frames were found. */
  private long before(boolean request) {
    return http1 != null && http2 != null ? http1.outsideMessages(request) : 0;
  }

  /** Lets go of the runs that were taken in: copies what is still needed of them. */
  public void detach() {
    for (int i = 0; i < undecided.size(); i++) {
      undecided.set(i, undecided.get(i).detached());
    }
    if (leading != null) {
      leading.replaceAll(Item::detached);
    }
    if (parser != null) {
      parser.detach();
    }
    if (webSocket != null) {
      webSocket.detach();
    }
  }

  /** Returns how many bytes of the streams are kept for what is still open. */
  public long heldBytes() {
    long held = parser == null ? 0 : parser.heldBytes();
    return webSocket == null ? held : held + webSocket.heldBytes();
  }

  /** Frees what is kept, but for so many bytes, as far as that goes. */
  public void relieve(long keptBytes) {
    if (parser != null) {
      parser.relieve(keptBytes);
    }
    if (webSocket != null) {
      webSocket.relieve(keptBytes);
    }
  }

  /** Returns how many bytes of a direction are part of messages. */
  public long inMessages(boolean request) {
    return decided().inMessages(request);
  }

  /** Returns how many bytes of a direction belong to no message. */
  public long outsideMessages(boolean request) {
    return decided().outsideMessages(request) + before(request) + (request ? preambleBytes : 0);
  }

  /** Returns what is odd about the connection as a whole. */
  public List<Anomaly> anomalies() {
    List<Anomaly> found = new ArrayList<>(0);
    if (http2 != null) {
      found.addAll(http2.anomalies());
    }
    boolean switched = http1 != null && http1.isSwitched();
    long stray = decided().strayBytes(true) + decided().strayBytes(false);
    if (stray > 0 && !switched) {
      found.add(new Anomaly(AnomalyKind.STRAY_BYTES, Long.toString(stray)));
    }
    return found;
  }
}
