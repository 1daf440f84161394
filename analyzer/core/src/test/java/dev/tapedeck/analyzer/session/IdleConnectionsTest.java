// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Very many connections that are open at once, and have nothing open inside: half of 100 000 in
 * half of 256 MiB of heap.
 *
 * <p>What is kept is counted, in a JVM of its own, after a collection of garbage.
 */
class IdleConnectionsTest {
  private static final int CONNECTIONS = 50_000;

  /** The rest of the heap is for the blocks of a capture. */
  private static final int MAX_BYTES_A_CONNECTION = 2000;

  @Test
  void analyze_connectionsThatStayOpen_takesLittleForEach() throws Exception {
    assertThat(OwnJvm.number(List.of("-Xmx128m"), Alone.class))
        .isBetween(1L, (long) MAX_BYTES_A_CONNECTION);
  }

  /** Prints how many bytes a connection takes. */
  static final class Alone {
    private static final ProcessKey PROCESS = new ProcessKey(1, 4242, 1);
    private static final long FIRST_SOCKET = 7000;

    /** The blocks of what came before are let go of behind so many of these. */
    private static final int EXCHANGES_AT_THE_END = 20_000;

    private final CaptureVisitor visitor;
    private final long[] asked = new long[CONNECTIONS];
    private final long[] answered = new long[CONNECTIONS];
    private long nanos = 1_000_000_000L;
    private int events;

    private Alone(CaptureVisitor visitor) {
      this.visitor = visitor;
    }

    public static void main(String[] arguments) throws IOException {
      AnalysisStats stats =
          new SessionAnalyzer(AnalyzerOptions.newBuilder().threads(1).build())
              .analyze(
                  (projection, visitor) -> new Alone(visitor).send(projection),
                  new ExchangeVisitor() {
                    @Override
                    public void exchange(Exchange exchange) {}

                    @Override
                    public void session(SessionSummary session) {}
                  });
      assertThat(stats.exchanges()).isEqualTo(2L * CONNECTIONS + EXCHANGES_AT_THE_END);
    }

    private void send(Projection projection) throws IOException {
      for (int i = 0; i < CONNECTIONS; i++) {
        FlowKey flow =
            new FlowKey(
                new Endpoint("10.0.0.2", 80),
                new Endpoint("10.1." + i % 50 + ".1", 20_000 + i / 50),
                1);
        DescriptorRef descriptor = new DescriptorRef(PROCESS, 5 + i);
        visitor.event(new SocketEvent.Accept(stamp(), socket(i), descriptor, flow));
        exchange(i);
      }
      for (int i = 0; i < EXCHANGES_AT_THE_END; i++) {
        exchange(CONNECTIONS - 1);
      }
      if (projection == Projection.ALL) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.println((runtime.totalMemory() - runtime.freeMemory()) / CONNECTIONS);
      }
      // Without a second one the first reading would tell that all have ended.
      for (int i = 0; i < CONNECTIONS; i++) {
        exchange(i);
      }
    }

    private static ConnectionId socket(int number) {
      return new ConnectionId(1, FIRST_SOCKET + number, 1);
    }

    private EventStamp stamp() {
      nanos += 20_000;
      EventOrigin origin = new EventOrigin(0, 0, events++);
      return new EventStamp(PROCESS, PROCESS.pid(), nanos - 5000, nanos, origin);
    }

    private void exchange(int number) throws IOException {
      String request =
          "GET /orders/" + number + " HTTP/1.1\r\nHost: shop.example\r\nCookie: a=b\r\n\r\n";
      asked[number] += data(number, Direction.INGRESS, asked[number], request);
      String answer = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello";
      answered[number] += data(number, Direction.EGRESS, answered[number], answer);
    }

    private int data(int number, Direction direction, long position, String text)
        throws IOException {
      Bytes bytes = Bytes.latin1(text);
      visitor.event(
          new StreamEvent.Data(
              stamp(),
              new StreamId(socket(number), direction),
              position,
              bytes.length(),
              bytes.length(),
              bytes,
              new CallRef(CallKind.READ, events, 0, 16_384, bytes.length())));
      return bytes.length();
    }
  }
}
