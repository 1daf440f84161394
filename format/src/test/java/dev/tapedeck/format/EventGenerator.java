// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes random events of all kinds, the same for the same seed: plausible ones, mixed with every
 * extreme value that the types allow.
 */
final class EventGenerator {
  private static final long[] EXTREMES = {
    0, 1, -1, 127, 128, -64, -65, 1L << 31, -(1L << 31), Long.MAX_VALUE, Long.MIN_VALUE
  };
  private static final String[] TEXTS = {
    "", "nginx", "/usr/sbin/nginx", "h2", "TLSv1.3", "ключ", "\u0000\n\"", "𝄞", "192.0.2.1", "::1"
  };
  private static final int KINDS = 21;

  private final SplittableRandom random;
  private long nowNanos = 1_000_000;
  private long sequence;

  EventGenerator(long seed) {
    random = new SplittableRandom(seed);
  }

  List<CaptureEvent> events(int count) {
    List<CaptureEvent> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      events.add(next());
    }
    return events;
  }

  private CaptureEvent next() {
    int kind = random.nextInt(KINDS + 12);
    EventStamp stamp = stamp();
    return switch (kind) {
      case 0 ->
          new ProcessEvent.Exec(
              stamp,
              new ProcessEvent.ProgramInfo(text(), text(), integer(), text(), texts()),
              random.nextBoolean());
      case 1 -> new ProcessEvent.Fork(stamp, process());
      case 2 -> new ProcessEvent.Exit(stamp, integer());
      case 3 -> new SocketEvent.Connect(stamp, connection(), descriptor(stamp), flow());
      case 4 -> new SocketEvent.Accept(stamp, connection(), descriptor(stamp), flow());
      case 5 ->
          new SocketEvent.Existing(
              stamp, connection(), descriptor(stamp), flow(), pick(Role.CLIENT, Role.SERVER, null));
      case 6 -> new SocketEvent.Dup(stamp, connection(), descriptor(stamp));
      case 7 -> new SocketEvent.Close(stamp, connection(), descriptor(stamp), ends());
      case 8 -> new StreamEvent.Transfer(stamp, stream(), position(), number(), call());
      case 9 ->
          new StreamEvent.CipherRecord(
              stamp, stream(), position(), random.nextInt(1 << 14), bytes(16));
      case 10 -> new TlsEvent.New(stamp, session());
      case 11 -> new TlsEvent.Handshake(stamp, session(), text(), text(), text(), text());
      case 12 -> new TlsEvent.Clear(stamp, session());
      case 13 -> new TlsEvent.Shutdown(stamp, session());
      case 14 -> new TlsEvent.Free(stamp, session(), ends());
      case 15 ->
          new TlsEvent.Binding(
              stamp,
              session(),
              pick(TlsEvent.Evidence.values()),
              descriptor(stamp),
              random.nextBoolean() ? connection() : null);
      case 16 -> new LibraryEvent(stamp, text(), text(), text(), text(), integer());
      case 17 ->
          new LossEvent(
              stamp,
              pick(LossEvent.Cause.values()),
              random.nextInt(-1, 9),
              random.nextInt(-1, 9999),
              random.nextBoolean() ? stream() : null);
      case 18 -> new ClockEvent(stamp, number(), number());
      case 19 -> new UnknownEvent(stamp, random.nextInt(200, 100_000));
      case 20 -> new UnknownEvent(stamp, 111);
      case 21 ->
          new BlindSpotEvent(
              stamp,
              pick(BlindSpotEvent.What.values()),
              random.nextBoolean() ? connection() : null,
              random.nextInt(300),
              number(),
              number());
      default -> data(stamp);
    };
  }

  private StreamEvent.Data data(EventStamp stamp) {
    Bytes payload = bytes(random.nextInt(10) == 0 ? 20_000 : 300);
    long original = (long) payload.length() + (random.nextInt(4) == 0 ? random.nextInt(5000) : 0);
    return new StreamEvent.Data(
        stamp, stream(), position(), original, payload.length(), payload, call());
  }

  private EventStamp stamp() {
    nowNanos += random.nextInt(-500, 100_000);
    nowNanos = Math.max(nowNanos, 0);
    long exit = random.nextInt(100) == 0 ? Long.MAX_VALUE - random.nextInt(3) : nowNanos;
    long enter =
        switch (random.nextInt(8)) {
          case 0 -> 0;
          case 1 -> Math.abs(random.nextLong() >> 1);
          default -> Math.max(0, exit - random.nextInt(10_000));
        };
    return new EventStamp(
        process(),
        random.nextInt(20) == 0 ? integer() : random.nextInt(4),
        enter,
        exit,
        new EventOrigin(
            random.nextInt(3),
            random.nextInt(-1, 5),
            random.nextInt(20) == 0 ? number() : sequence++));
  }

  private ProcessKey process() {
    return new ProcessKey(
        random.nextInt(30) == 0 ? number() : 42,
        random.nextInt(20) == 0 ? Integer.MAX_VALUE : random.nextInt(5),
        random.nextInt(20) == 0 ? number() : 77);
  }

  private ConnectionId connection() {
    return new ConnectionId(42, random.nextInt(6), random.nextInt(30) == 0 ? number() : 1);
  }

  private TlsSessionId session() {
    return new TlsSessionId(
        process(), 0x7F00_0000_0000L + random.nextInt(4), random.nextInt(30) == 0 ? number() : 1);
  }

  private StreamId stream() {
    return new StreamId(
        random.nextBoolean() ? connection() : session(), pick(Direction.EGRESS, Direction.INGRESS));
  }

  private DescriptorRef descriptor(EventStamp stamp) {
    return new DescriptorRef(
        random.nextBoolean() ? stamp.process() : process(), random.nextInt(-1, 900));
  }

  private FlowKey flow() {
    return new FlowKey(
        new Endpoint(text(), random.nextInt(65_536)),
        new Endpoint(text(), random.nextInt(65_536)),
        number());
  }

  private StreamEnds ends() {
    long egress = number();
    long ingress = number();
    long egressLost = number();
    long ingressLost = number();
    boolean last = random.nextBoolean();
    return new StreamEnds(
        egress, ingress, egressLost, ingressLost, last, last && (ingressLost & 1) == 1);
  }

  private CallRef call() {
    return new CallRef(pick(CallKind.values()), number(), random.nextInt(5), number(), number());
  }

  private long position() {
    return random.nextInt(10) == 0 ? Long.MAX_VALUE >> 8 : random.nextInt(100_000);
  }

  private long number() {
    return random.nextInt(3) == 0 ? EXTREMES[random.nextInt(EXTREMES.length)] : random.nextInt(999);
  }

  private int integer() {
    return (int) number();
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      texts.add(text());
    }
    return texts;
  }

  private Bytes bytes(int limit) {
    byte[] array = new byte[random.nextInt(limit + 1)];
    if (random.nextBoolean()) {
      random.nextBytes(array);
    }
    return Bytes.wrap(array, 0, array.length);
  }

  @SafeVarargs
  private final <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }
}
