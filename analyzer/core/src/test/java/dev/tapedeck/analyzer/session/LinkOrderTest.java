// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same evidence read in other orders gives the same links, and what is lost of it makes none of
 * them wrong.
 */
class LinkOrderTest {
  private static final int SESSIONS = 64;
  private static final int CPUS = 8;
  private static final int ORDERS = 4;
  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  /** What the evidence of a connection is. */
  private enum Kind {
    MEMORY,
    NAMED,
    NAMED_WITHOUT_SOCKET,
    NESTED,
    LENGTHS,
    NOTHING
  }

  private static final List<Kind> KINDS = List.of(Kind.values());

  /** A made-up history: the events as they happened, and which socket each session used. */
  private static final class History {
    private final EventList events = new EventList();
    private final Map<TlsSessionId, ConnectionId> truth = new HashMap<>();

    private final Random random;
    private final boolean allMemory;

    History(Random random, boolean allMemory) {
      this.random = random;
      this.allMemory = allMemory;
    }

    void run() {
      List<Deque<Runnable>> connections = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        connections.add(connection(i));
      }
      // In turn, so that all are open at once; half of them begin later, on used names.
      List<Deque<Runnable>> open = new ArrayList<>(connections.subList(0, SESSIONS / 2));
      run(open);
      run(new ArrayList<>(connections.subList(SESSIONS / 2, SESSIONS)));
    }

    private void run(List<Deque<Runnable>> open) {
      while (!open.isEmpty()) {
        Deque<Runnable> next = open.get(random.nextInt(open.size()));
        next.removeFirst().run();
        if (next.isEmpty()) {
          open.remove(next);
        }
      }
    }

    /** The second half has the descriptors, pointers and inodes of the first one. */
    private Deque<Runnable> connection(int number) {
      int name = number % (SESSIONS / 2) + 1;
      long generation = 1L + number / (SESSIONS / 2);
      ConnectionId socket = new ConnectionId(TestObjects.HOST_ID, 500 + name, generation);
      TlsSessionId session =
          new TlsSessionId(TestObjects.SERVER_PROCESS, 0x1000L * name, generation);
      truth.put(session, socket);
      Kind kind = allMemory ? Kind.MEMORY : KINDS.get(random.nextInt(KINDS.size()));
      Deque<Runnable> steps = new ArrayDeque<>();
      steps.add(() -> events.accept(socket, 100 + name));
      switch (kind) {
        case NAMED ->
            steps.add(() -> events.bind(session, TlsEvent.Evidence.SET_FD, 100 + name, socket));
        case NAMED_WITHOUT_SOCKET ->
            steps.add(() -> events.bind(session, TlsEvent.Evidence.SET_FD, 100 + name, null));
        case MEMORY, LENGTHS ->
            steps.add(() -> events.bind(session, TlsEvent.Evidence.BIO, -1, null));
        default -> {}
      }
      for (int turn = 0; turn < 2; turn++) {
        turn(steps, kind, session, socket, name, turn);
      }
      steps.add(() -> events.close(socket, 100 + name));
      return steps;
    }

    private void turn(
        Deque<Runnable> steps,
        Kind kind,
        TlsSessionId session,
        ConnectionId socket,
        int name,
        int turn) {
      int in = REQUEST.length() + 17;
      int out = RESPONSE.length() + 17;
      String asked = prefix(in, random.nextLong());
      String answered = prefix(out, random.nextLong());
      boolean inside = kind == Kind.MEMORY;
      steps.add(() -> events.record(socket, Direction.INGRESS, in, asked));
      if (inside) {
        steps.add(() -> events.record(session, Direction.INGRESS, in, asked));
      }
      if (kind == Kind.NESTED) {
        steps.add(() -> events.bind(session, TlsEvent.Evidence.NESTED_RECEIVE, 100 + name, socket));
      }
      steps.add(
          () -> events.data(session, Direction.INGRESS, (long) turn * REQUEST.length(), REQUEST));
      if (inside) {
        steps.add(() -> events.record(session, Direction.EGRESS, out, answered));
      }
      steps.add(
          () -> events.data(session, Direction.EGRESS, (long) turn * RESPONSE.length(), RESPONSE));
      steps.add(() -> events.record(socket, Direction.EGRESS, out, answered));
      if (kind == Kind.NESTED) {
        steps.add(() -> events.bind(session, TlsEvent.Evidence.NESTED_SEND, 100 + name, socket));
      }
    }

    private static String prefix(int length, long ciphertext) {
      return "170303%04x%016x%06x".formatted(length, ciphertext, ciphertext >>> 40);
    }
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 6);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void links_evidenceOfAllKindsInAnyOrder_areTheSameAndRight(long seed) {
    check(seed, false, 0);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void links_memoryBiosOfEqualSizesInAnyOrder_areTheSameAndRight(long seed) {
    Map<TlsSessionId, String> links = check(seed, true, 0);
    assertThat(links.values()).allSatisfy(link -> assertThat(link).contains("PROVEN"));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void links_someOfTheEvidenceLost_areTheSameAndNoneIsWrong(long seed) {
    check(seed, false, 15);
    check(seed, true, 15);
  }

  private static Map<TlsSessionId, String> check(long seed, boolean allMemory, int lostPercent) {
    Random random = new Random(seed);
    History history = new History(random, allMemory);
    history.run();
    List<CaptureEvent> events = new ArrayList<>(history.events.events());
    events.removeIf(event -> random.nextInt(100) < lostPercent);
    Map<TlsSessionId, String> first = links(events, history.truth, seed);
    for (int order = 0; order < ORDERS; order++) {
      assertThat(links(reordered(events, random), history.truth, seed))
          .as("seed=%s order=%s", seed, order)
          .isEqualTo(first);
    }
    return first;
  }

  /** What is odd about links; what bytes behind lost ones are taken for depends on their order. */
  private static List<Anomaly> odd(Session session) {
    return session.anomalies().stream()
        .filter(anomaly -> anomaly.kind() != AnomalyKind.STRAY_BYTES)
        .toList();
  }

  /** Each CPU's events keep their order; which of the CPUs' rings is read when is up to chance. */
  private static List<CaptureEvent> reordered(List<CaptureEvent> events, Random random) {
    List<Deque<CaptureEvent>> rings = new ArrayList<>();
    for (int cpu = 0; cpu < CPUS; cpu++) {
      rings.add(new ArrayDeque<>());
    }
    for (CaptureEvent event : events) {
      rings.get(random.nextInt(CPUS)).add(event);
    }
    List<Integer> turns = new ArrayList<>();
    for (int cpu = 0; cpu < CPUS; cpu++) {
      turns.addAll(Collections.nCopies(rings.get(cpu).size(), cpu));
    }
    Collections.shuffle(turns, random);
    List<CaptureEvent> read = new ArrayList<>();
    turns.forEach(cpu -> read.add(rings.get(cpu).removeFirst()));
    return read;
  }

  private static Map<TlsSessionId, String> links(
      List<CaptureEvent> events, Map<TlsSessionId, ConnectionId> truth, long seed) {
    Map<TlsSessionId, String> links = new TreeMap<>(Comparator.comparing(TlsSessionId::toString));
    for (Session session : Analyses.analyzeEachEnd(events)) {
      TlsSessionId id = session.connection().tlsSession();
      ConnectionId socket = session.connection().connection();
      if (id == null) {
        continue;
      }
      if (socket != null) {
        assertThat(socket).as("seed=%s %s", seed, id).isEqualTo(truth.get(id));
      }
      links.put(id, session.connection().link() + " " + socket + " " + odd(session));
    }
    return links;
  }
}
