// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** Values that tests share, so that the same name means the same thing everywhere. */
public final class TestObjects {
  /** The host on which everything happens. */
  public static final long HOST_ID = 0x7A9EDEC4L;

  public static final Bytes FILE_ID = Bytes.latin1("0123456789abcdef");

  /** 2000-01-01T00:00:00Z in nanoseconds since the Unix epoch. */
  public static final long START_REAL_NANOS = 946_684_800_000_000_000L;

  /** Monotonic time at {@link #START_REAL_NANOS}. */
  public static final long START_NANOS = 1_000_000_000L;

  public static final ProcessKey CLIENT_PROCESS = new ProcessKey(HOST_ID, 1001, 500_000_000L);
  public static final ProcessKey SERVER_PROCESS = new ProcessKey(HOST_ID, 2002, 400_000_000L);

  /** The process of events that concern none. */
  public static final ProcessKey NO_PROCESS = new ProcessKey(HOST_ID, 0, 0);

  public static final Endpoint CLIENT_ENDPOINT = new Endpoint("192.0.2.1", 40000);
  public static final Endpoint SERVER_ENDPOINT = new Endpoint("192.0.2.2", 80);

  /** The connection seen from the server. */
  public static final FlowKey SERVER_FLOW = new FlowKey(SERVER_ENDPOINT, CLIENT_ENDPOINT, 0);

  public static final ConnectionId CONNECTION = new ConnectionId(HOST_ID, 1001, 1);
  public static final TlsSessionId TLS_SESSION =
      new TlsSessionId(SERVER_PROCESS, 0x7F00_0000_1000L, 1);
  public static final StreamId REQUESTS = new StreamId(CONNECTION, Direction.INGRESS);
  public static final StreamId RESPONSES = new StreamId(CONNECTION, Direction.EGRESS);

  private TestObjects() {}

  /** Returns the header of captures made by tests. */
  public static CaptureHeader header() {
    return CaptureHeader.newBuilder()
        .fileId(FILE_ID)
        .hostId(HOST_ID)
        .hostName("test-host")
        .architecture("x86_64")
        .kernelRelease("6.1.0")
        .producer("tapedeck-test 1")
        .createdRealNanos(START_REAL_NANOS)
        .attribute("sources", "tls,sockets")
        .build();
  }

  /** Returns the stamp of an event of the server at {@code exitNanos}. */
  public static EventStamp stamp(long exitNanos, long sequence) {
    return new EventStamp(
        SERVER_PROCESS,
        SERVER_PROCESS.pid(),
        Math.max(0, exitNanos - 1_000),
        exitNanos,
        new EventOrigin(0, 0, sequence));
  }

  /** Returns bytes that came in on {@link #REQUESTS}. */
  public static StreamEvent.Data data(long exitNanos, long sequence, long position, Bytes payload) {
    return new StreamEvent.Data(
        stamp(exitNanos, sequence),
        REQUESTS,
        position,
        payload.length(),
        payload.length(),
        payload,
        new CallRef(CallKind.READ, sequence, 0, 16_384, payload.length()));
  }
}
