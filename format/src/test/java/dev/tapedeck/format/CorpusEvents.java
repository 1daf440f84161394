// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Events of which the conformance corpus consists. */
final class CorpusEvents {
  private static final String[] WORDS = {
    "GET ", "/orders ", "HTTP/1.1\r\n", "host: ", "shop.example\r\n", "accept: ", "*/*\r\n", "\r\n"
  };

  private CorpusEvents() {}

  static EventStamp stamp(int index) {
    return TestObjects.stamp(TestObjects.START_NANOS + 1_000_000L * index, index);
  }

  static StreamEvent.Data data(int index, StreamId stream, long position, Bytes payload) {
    return data(index, stream, position, payload, payload.length());
  }

  static StreamEvent.Data data(
      int index, StreamId stream, long position, Bytes payload, long originalLength) {
    CallKind kind = stream.direction() == Direction.INGRESS ? CallKind.READ : CallKind.WRITE;
    return new StreamEvent.Data(
        stamp(index),
        stream,
        position,
        originalLength,
        payload.length(),
        payload,
        new CallRef(kind, index, 0, 16_384, originalLength));
  }

  /** Returns bytes that compress well: 0 to 250, over and over. */
  static Bytes ramp(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return Bytes.wrap(bytes, 0, length);
  }

  /** Returns bytes that do not compress. */
  static Bytes noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return Bytes.wrap(bytes, 0, length);
  }

  /** Returns something like text, of about this length. */
  static Bytes text(long seed, int length) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(1000));
    }
    return Bytes.latin1(text.toString());
  }

  /**
   * Returns blocks of three events each, a second apart, every one of them different: a clock, a
   * request and an answer.
   */
  static List<List<CaptureEvent>> talk(int blocks, int bodyBytes, boolean compressible) {
    List<List<CaptureEvent>> talk = new ArrayList<>();
    long requests = 0;
    long responses = 0;
    for (int i = 0; i < blocks; i++) {
      int first = 1000 * i;
      EventStamp stamp = stamp(first);
      Bytes request = text(i, 60);
      Bytes response = compressible ? text(100 + i, bodyBytes) : noise(100 + i, bodyBytes);
      talk.add(
          List.of(
              new ClockEvent(
                  stamp,
                  stamp.exitNanos() + 7_000_000_000L,
                  TestObjects.START_REAL_NANOS + 1_000_000_000L * i),
              data(first + 1, TestObjects.REQUESTS, requests, request),
              data(first + 2, TestObjects.RESPONSES, responses, response)));
      requests += request.length();
      responses += response.length();
    }
    return talk;
  }

  /** Returns at least one event of each kind, and of each variety of a kind. */
  static List<CaptureEvent> everyKind() {
    List<CaptureEvent> events = new ArrayList<>();
    Numbered next = new Numbered();
    ProcessKey child = new ProcessKey(TestObjects.HOST_ID, 3003, 900_000_000L);
    DescriptorRef own = new DescriptorRef(TestObjects.SERVER_PROCESS, 5);
    DescriptorRef others = new DescriptorRef(child, -1);
    FlowKey flow = TestObjects.SERVER_FLOW;
    FlowKey v6 =
        new FlowKey(new Endpoint("2001:db8::1", 443), new Endpoint("::1", 65_535), 4026531840L);
    StreamId tlsOut = new StreamId(TestObjects.TLS_SESSION, Direction.EGRESS);
    events.add(
        new ProcessEvent.Exec(
            next.stamp(),
            new ProcessEvent.ProgramInfo(
                "server", "/usr/bin/server", 1, "/system.slice/server", List.of("server", "-v")),
            false));
    events.add(
        new ProcessEvent.Exec(
            next.stamp(), new ProcessEvent.ProgramInfo("ключ", "", 0, "", List.of()), true));
    events.add(new ProcessEvent.Fork(next.stamp(), child));
    events.add(new ProcessEvent.Exit(next.stamp(), 3));
    events.add(new ProcessEvent.Exit(next.stamp(), -9));
    events.add(new SocketEvent.Connect(next.stamp(), TestObjects.CONNECTION, own, v6));
    events.add(new SocketEvent.Accept(next.stamp(), TestObjects.CONNECTION, own, flow));
    for (Role role : new Role[] {Role.CLIENT, Role.SERVER, null}) {
      events.add(
          new SocketEvent.Existing(next.stamp(), TestObjects.CONNECTION, others, flow, role));
    }
    events.add(new SocketEvent.Dup(next.stamp(), TestObjects.CONNECTION, others));
    events.add(
        new SocketEvent.Close(next.stamp(), TestObjects.CONNECTION, own, StreamEnds.UNKNOWN));
    events.add(
        new SocketEvent.Close(
            next.stamp(), TestObjects.CONNECTION, own, new StreamEnds(0, 4_096, 0, 96, true)));
    long position = 0;
    for (CallKind kind : CallKind.values()) {
      events.add(
          new StreamEvent.Data(
              next.stamp(),
              TestObjects.REQUESTS,
              position,
              4,
              4,
              Bytes.latin1("abcd"),
              new CallRef(kind, 7, (int) position / 4, 0, 92)));
      position += 4;
    }
    events.add(
        new StreamEvent.Transfer(
            next.stamp(),
            TestObjects.RESPONSES,
            0,
            1L << 40,
            new CallRef(CallKind.SENDFILE, 8, 0, 1L << 40, 1L << 40)));
    events.add(
        new StreamEvent.CipherRecord(
            next.stamp(), TestObjects.RESPONSES, 1L << 40, 16_384, ramp(16)));
    events.add(
        new StreamEvent.CipherRecord(
            next.stamp(), TestObjects.RESPONSES, (1L << 40) + 16_389, 1, Bytes.empty()));
    events.add(new TlsEvent.New(next.stamp(), TestObjects.TLS_SESSION));
    events.add(
        new TlsEvent.Handshake(
            next.stamp(),
            TestObjects.TLS_SESSION,
            "TLSv1.3",
            "TLS_AES_256_GCM_SHA384",
            "shop.example",
            "h2"));
    events.add(new TlsEvent.Clear(next.stamp(), TestObjects.TLS_SESSION));
    events.add(data(next.index, tlsOut, 0, Bytes.latin1("secret"), 10));
    next.stamp();
    events.add(new TlsEvent.Shutdown(next.stamp(), TestObjects.TLS_SESSION));
    events.add(
        new TlsEvent.Free(
            next.stamp(), TestObjects.TLS_SESSION, new StreamEnds(10, -1, 4, 0, true)));
    for (TlsEvent.Evidence evidence : TlsEvent.Evidence.values()) {
      events.add(
          new TlsEvent.Binding(
              next.stamp(),
              TestObjects.TLS_SESSION,
              evidence,
              own,
              evidence == TlsEvent.Evidence.SET_FD ? null : TestObjects.CONNECTION));
    }
    events.add(
        new LibraryEvent(next.stamp(), "/usr/lib/libssl.so.3", "0a0b0c", "openssl", "3.0.17", 14));
    for (LossEvent.Cause cause : LossEvent.Cause.values()) {
      events.add(
          new LossEvent(
              next.stamp(),
              cause,
              cause.number() - 1L,
              100L * cause.number(),
              cause == LossEvent.Cause.READ_FAULT ? TestObjects.RESPONSES : null));
    }
    events.add(new LossEvent(next.stamp(), LossEvent.Cause.RING_FULL, 3, -1, null));
    events.add(
        new ClockEvent(
            new EventStamp(TestObjects.NO_PROCESS, 0, 0, 5_000_000_000L, EventOrigin.userSpace(0)),
            12_000_000_000L,
            TestObjects.START_REAL_NANOS));
    for (BlindSpotEvent.What what : BlindSpotEvent.What.values()) {
      boolean socket = what != BlindSpotEvent.What.UDP_443;
      events.add(
          new BlindSpotEvent(
              next.stamp(),
              what,
              socket ? TestObjects.CONNECTION : null,
              what.number(),
              1000L * what.number(),
              1L << 40));
    }
    events.add(new UnknownEvent(next.stamp(), 127));
    return events;
  }

  /** Numbers events. */
  private static final class Numbered {
    private int index;

    EventStamp stamp() {
      return CorpusEvents.stamp(index++);
    }
  }
}
