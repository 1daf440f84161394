// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.tcp;

import dev.tapedeck.analyzer.importer.packet.Segment;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Endpoint;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: who began it, what it carries, and its two streams.
 *
 * <pre>
 * carries      segment                      then
 * UNKNOWN      first bytes are of HTTP      KEPT, what was held is told
 *              of TLS                       TLS, only lengths are counted
 *              neither, from both ends      OTHER, likewise
 * OTHER        a later turn is of HTTP,     KEPT from there
 *              and no SYN was seen
 * </pre>
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class TcpConnection {
  /** Ports on which nothing but HTTP is expected, whatever the first bytes are. */
  private static final Set<Integer> HTTP_PORTS =
      Set.of(80, 81, 591, 3000, 3128, 5000, 8000, 8008, 8080, 8081, 8088, 8090, 8888, 9080);

  private static final int WELL_KNOWN_PORTS = 1024;

  private final FlowId flow;
  private final TcpStream fromLow;
  private final TcpStream fromHigh;
  private final TcpSink sink;
  private final Set<Integer> forcedPorts;
  private final HeldSegments held = new HeldSegments();
  private @Nullable Boolean lowIsClient;
  private boolean roleProven;
  private Carries carries = Carries.UNKNOWN;
  private boolean opened;
  private boolean lastFromLow;
  private boolean turnSeen;
  private boolean reset;
  private boolean told;
  private long number;
  private long firstNanos;
  private long lastNanos;
  private long lowBytes;
  private long highBytes;

  /** What a connection carries, as far as anybody can tell. */
  public enum Carries {
    UNKNOWN,
    /** HTTP, or what may be; its bytes are told. */
    KEPT,
    TLS,
    OTHER
  }

  TcpConnection(
      FlowId flow, TcpSink sink, Set<Integer> forcedPorts, History history, TcpStats stats) {
    this.flow = flow;
    this.sink = sink;
    this.forcedPorts = forcedPorts;
    this.fromLow = new TcpStream(history, stats);
    this.fromHigh = new TcpStream(history, stats);
  }

  /** Returns the end that connected, or that seems to have. */
  public Endpoint client() {
    return isLowClient() ? low() : high();
  }

  /** Returns the end that accepted, or that seems to have. */
  public Endpoint server() {
    return isLowClient() ? high() : low();
  }

  private Endpoint low() {
    return new Endpoint(flow.low().toString(), flow.lowPort());
  }

  private Endpoint high() {
    return new Endpoint(flow.high().toString(), flow.highPort());
  }

  private boolean isLowClient() {
    return lowIsClient != null ? lowIsClient : flow.lowPort() >= flow.highPort();
  }

  /** Returns whether it is known which end is the client. */
  public boolean isRoleKnown() {
    return roleProven;
  }

  /** Returns whether the beginning of the connection was seen. */
  public boolean isFromStart() {
    return fromLow.isFromSyn() || fromHigh.isFromSyn();
  }

  public Carries carries() {
    return carries;
  }

  /** Returns whether the sink knows of it. */
  public boolean isOpened() {
    return opened;
  }

  /** Returns a number that the sink gave it; 0 before. */
  public long number() {
    return number;
  }

  public void setNumber(long number) {
    this.number = number;
  }

  /** Returns when its last packet was seen. */
  public long lastNanos() {
    return lastNanos;
  }

  /** Returns how many bytes of content packets had, each as often as it came. */
  public long clientBytes() {
    return isLowClient() ? lowBytes : highBytes;
  }

  /** Returns the same of the server. */
  public long serverBytes() {
    return isLowClient() ? highBytes : lowBytes;
  }

  /** Returns the position after the last byte of a direction; −1 when nothing tells it. */
  public long end(boolean ofClient) {
    TcpStream stream = stream(ofClient == isLowClient());
    return stream.isAnchored() ? stream.end() : -1;
  }

  /** Returns how many bytes of a direction were not captured. */
  public long missingBytes(boolean ofClient) {
    return stream(ofClient == isLowClient()).missingBytes();
  }

  /** Returns how many of these a snap length cut. */
  public long cutBytes(boolean ofClient) {
    return stream(ofClient == isLowClient()).cutBytes();
  }

  /** Returns whether nothing more can follow. */
  public boolean isClosed() {
    return reset || (fromLow.isFinished() && fromHigh.isFinished());
  }

  /** Returns whether the server has said that it sends no more, or the connection is closed. */
  public boolean isServerDone() {
    return isClosed() || stream(!isLowClient()).isFinished();
  }

  /** Returns whether the connection was reset before the server had said that. */
  public boolean isCutShort() {
    return reset && !stream(!isLowClient()).isFinished();
  }

  FlowId flow() {
    return flow;
  }

  boolean isTold() {
    return told;
  }

  private TcpStream stream(boolean low) {
    return low ? fromLow : fromHigh;
  }

  boolean hasContent() {
    return lowBytes + highBytes > 0;
  }

  boolean isFirst(boolean low, int sequence) {
    return stream(low).isFirst(sequence);
  }

  boolean isAnchored(boolean low) {
    return stream(low).isAnchored();
  }

  boolean isPlausible(boolean low, int sequence) {
    return !isAnchored(low) || stream(low).isPlausible(sequence);
  }

  /** Begins with a SYN of the client, or the answer of the server to it. */
  void synchronize(boolean low, int sequence, boolean ofClient) {
    stream(low).anchor(sequence + 1, true);
    lowIsClient = low == ofClient;
    roleProven = true;
  }

  /**
   * Takes the SYN of an end whose peer sent one too (RFC 9293, figure 7): neither is the server.
   */
  void synchronizeBoth(boolean low, int sequence) {
    stream(low).anchor(sequence + 1, true);
    lowIsClient = null;
    roleProven = false;
  }

  /** Returns whether a segment cannot be of this connection, of which the end was seen. */
  boolean isPast(boolean low, Segment segment) {
    return isClosed()
        && isAnchored(low)
        && (!stream(low).isPlausible(segment.sequence()) || stream(low).isPast(segment.sequence()));
  }

  /** Notes a reset. */
  void reset(long nanos) {
    reset = true;
    lastNanos = Math.max(lastNanos, nanos);
  }

  /** Takes a segment that is neither a reset nor a SYN without an acknowledgment. */
  void add(boolean low, Segment segment) throws IOException {
    if (firstNanos == 0) {
      firstNanos = segment.epochNanos();
    }
    lastNanos = Math.max(lastNanos, segment.epochNanos());
    if (segment.isAck() && (isFromStart() || carries == Carries.KEPT)) {
      stream(!low).acknowledged(segment.acknowledgment());
    }
    if (isFromStart() && !opened && lowIsClient != null && segment.isAck()) {
      open(segment.epochNanos());
    }
    if (segment.length() == 0 && (!segment.isFin() || held.isEmpty())) {
      withoutContent(low, segment);
      return;
    }
    if (low) {
      lowBytes += segment.length();
    } else {
      highBytes += segment.length();
    }
    switch (carries) {
      case KEPT -> tell(low, segment);
      case UNKNOWN -> {
        held.add(low, segment);
        decideIfDue(false);
      }
      default -> passBy(low, segment);
    }
  }

  private void withoutContent(boolean low, Segment segment) throws IOException {
    if (carries == Carries.UNKNOWN && !isFromStart() && !held.isEmpty()) {
      held.add(low, segment);
      decideIfDue(false);
    } else if (segment.isFin() && (isFromStart() || isAnchored(low))) {
      stream(low).add(segment, NOWHERE);
    }
  }

  /** Nothing is told of it, unless a turn of a connection seen late begins like HTTP. */
  private void passBy(boolean low, Segment segment) throws IOException {
    boolean turned = !turnSeen || lastFromLow != low;
    turnSeen = true;
    lastFromLow = low;
    stream(low).add(segment, NOWHERE);
    if (turned && !isFromStart() && carries == Carries.OTHER && segment.length() > 0) {
      FirstBytes seen = FirstBytes.of(head(segment), true, segment.length());
      if (seen.isHttp()) {
        stream(low).restart(segment.dataSequence());
        stream(!low).restart();
        held.add(low, segment);
        keep(low ? seen : FirstBytes.OTHER, low ? FirstBytes.OTHER : seen);
      }
    }
  }

  private static Bytes head(Segment segment) {
    return segment.payload().slice(0, Math.min(segment.payload().length(), FirstBytes.ENOUGH));
  }

  private static final TcpStream.Sink NOWHERE =
      new TcpStream.Sink() {
        @Override
        public void data(long position, Bytes bytes, long length) {}

        @Override
        public void conflict(long position, Bytes bytes) {}
      };

  /** Returns whether the connection waits for a decision. */
  boolean isUndecided() {
    return carries == Carries.UNKNOWN && !held.isEmpty();
  }

  /** Returns since when it waits. */
  long undecidedSinceNanos() {
    return held.firstNanos();
  }

  /**
   * Decides what the connection carries when the bytes tell, or when there is no more waiting.
   *
   * @param now whether no more bytes can be waited for
   */
  void decideIfDue(boolean now) throws IOException {
    if (!isUndecided()) {
      return;
    }
    boolean late = !isFromStart();
    boolean full = now || held.isFull() || isClosed();
    if (late && !full) {
      // An earlier segment may still come: nothing else says where the streams begin.
      return;
    }
    FirstBytes fromLowEnd = FirstBytes.of(held.head(true, fromLow), late, held.length(true));
    FirstBytes fromHighEnd = FirstBytes.of(held.head(false, fromHigh), late, held.length(false));
    boolean isTls = fromLowEnd == FirstBytes.TLS || fromHighEnd == FirstBytes.TLS;
    boolean isOpen = fromLowEnd == FirstBytes.UNDECIDED || fromHighEnd == FirstBytes.UNDECIDED;
    if (isForced() || fromLowEnd.isHttp() || fromHighEnd.isHttp()) {
      keep(fromLowEnd, fromHighEnd);
    } else if (isOpen && !full) {
      // A server of HTTP may answer to TLS, or to anything, in the clear.
      return;
    } else if (isTls) {
      leave(Carries.TLS);
    } else if (isHttpPort() || fitsSoFar(true, fromLowEnd) || fitsSoFar(false, fromHighEnd)) {
      keep(fromLowEnd, fromHighEnd);
    } else {
      leave(Carries.OTHER);
    }
  }

  /** A few bytes of which nothing tells that they are not HTTP: some send byte by byte. */
  private boolean fitsSoFar(boolean low, FirstBytes seen) {
    return seen == FirstBytes.UNDECIDED && held.length(low) > 0;
  }

  private boolean isForced() {
    return forcedPorts.contains(flow.lowPort()) || forcedPorts.contains(flow.highPort());
  }

  private boolean isHttpPort() {
    return HTTP_PORTS.contains(flow.lowPort()) || HTTP_PORTS.contains(flow.highPort());
  }

  private void keep(FirstBytes fromLowEnd, FirstBytes fromHighEnd) throws IOException {
    if (lowIsClient == null) {
      decideRole(fromLowEnd, fromHighEnd);
    }
    carries = Carries.KEPT;
    for (boolean low : new boolean[] {true, false}) {
      if (!isAnchored(low)) {
        held.anchor(low, stream(low));
      }
    }
    if (!opened) {
      open(held.firstNanos());
    }
    for (HeldSegments.Held item : held.all()) {
      Segment segment = item.segment();
      if (segment.isAck()) {
        stream(!item.fromLow()).acknowledged(segment.acknowledgment());
      }
      tell(item.fromLow(), segment);
    }
    held.clear();
  }

  private void leave(Carries other) throws IOException {
    carries = other;
    for (HeldSegments.Held item : held.all()) {
      stream(item.fromLow()).add(item.segment(), NOWHERE);
      lastFromLow = item.fromLow();
      turnSeen = true;
    }
    held.clear();
  }

  /** Requests come from the client; else the ports must do, and what they say is no proof. */
  private void decideRole(FirstBytes fromLowEnd, FirstBytes fromHighEnd) {
    if (fromLowEnd == FirstBytes.REQUEST || fromHighEnd == FirstBytes.RESPONSE) {
      lowIsClient = true;
      roleProven = true;
    } else if (fromHighEnd == FirstBytes.REQUEST || fromLowEnd == FirstBytes.RESPONSE) {
      lowIsClient = false;
      roleProven = true;
    } else {
      boolean lowServes = isServerPort(flow.lowPort());
      boolean highServes = isServerPort(flow.highPort());
      lowIsClient = lowServes == highServes ? flow.lowPort() >= flow.highPort() : highServes;
    }
  }

  private boolean isServerPort(int port) {
    return port < WELL_KNOWN_PORTS || HTTP_PORTS.contains(port) || forcedPorts.contains(port);
  }

  private void open(long nanos) throws IOException {
    opened = true;
    sink.opened(this, nanos);
  }

  private void tell(boolean low, Segment segment) throws IOException {
    stream(low)
        .add(
            segment,
            new TcpStream.Sink() {
              @Override
              public void data(long position, Bytes bytes, long length) throws IOException {
                sink.data(
                    TcpConnection.this,
                    low == isLowClient(),
                    position,
                    bytes,
                    length,
                    segment.epochNanos(),
                    segment.packetNumber());
              }

              @Override
              public void conflict(long position, Bytes bytes) throws IOException {
                data(position, bytes, bytes.length());
              }
            });
  }

  /** Tells the end, once. */
  void end(long nowNanos) throws IOException {
    decideIfDue(true);
    if (!told) {
      told = true;
      sink.ended(this, isClosed() ? lastNanos : nowNanos);
    }
  }
}
