// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import com.sun.management.ThreadMXBean;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Reconstructs small keep-alive exchanges beside Netty's decoders on the same bytes: one thread,
 * one call a message, alternating runs, medians.
 *
 * <p>Netty decodes each direction. The analyzer reads the events twice, puts them in order, parses,
 * pairs requests with answers and makes the values that every face of it shows.
 */
public final class ParseBench {
  private static final int CONNECTIONS = 32;
  private static final int EXCHANGES_PER_CONNECTION = 1000;
  private static final int WARM_UP_RUNS = 15;
  private static final int RUNS = 15;
  private static final int SHORT_RUNS = 5;
  private static final int BLOCK_BYTES = 1 << 20;
  private static final long HOST_ID = 1;
  private static final ProcessKey PROCESS = new ProcessKey(HOST_ID, 4242, 1);

  /** What browsers and frameworks add to a message. */
  private static final String MORE_FIELDS =
      "Cache-Control: no-cache, no-store, must-revalidate\r\n"
          + "Content-Security-Policy: default-src 'self'; img-src 'self' https://img.example; "
          + "script-src 'self' https://cdn.example\r\nX-Content-Type-Options: nosniff\r\n"
          + "X-Request-Id: 7f9c2ba4-e88f-4a2b-9c41-22d9cd6c9c3e\r\nVary: Accept-Encoding\r\n"
          + "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";

  private final String moreFields;
  private final SplittableRandom random = new SplittableRandom(7);
  private final List<CaptureEvent> events = new ArrayList<>();
  private final List<List<StreamEvent.Data>> connections = new ArrayList<>();
  private byte[] block = new byte[BLOCK_BYTES];
  private int blockUsed;
  private long nanos = 1_000_000_000L;
  private long payloadBytes;
  private long messages;

  private ParseBench(String moreFields) {
    this.moreFields = moreFields;
    for (int i = 0; i < CONNECTIONS; i++) {
      connection(i);
    }
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws IOException {
    int runs = BenchTable.isShort(arguments) ? SHORT_RUNS : RUNS;
    new ParseBench("").run(System.out, "parse and pair, small messages", runs);
    new ParseBench(MORE_FIELDS).run(System.out, "parse and pair, usual messages", runs);
  }

  private EventStamp stamp() {
    nanos += 20_000;
    return new EventStamp(
        PROCESS, PROCESS.pid(), nanos - 5_000, nanos, new EventOrigin(0, 0, events.size()));
  }

  private void connection(int number) {
    ConnectionId id = new ConnectionId(HOST_ID, 7_000L + number, 1);
    FlowKey flow =
        new FlowKey(new Endpoint("10.0.0.2", 80), new Endpoint("10.0.0.1", 40_000 + number), 1);
    events.add(new SocketEvent.Accept(stamp(), id, new DescriptorRef(PROCESS, 5 + number), flow));
    StreamId requests = new StreamId(id, Direction.INGRESS);
    StreamId responses = new StreamId(id, Direction.EGRESS);
    List<StreamEvent.Data> own = new ArrayList<>();
    long sent = 0;
    long received = 0;
    for (int i = 0; i < EXCHANGES_PER_CONNECTION; i++) {
      String request =
          "GET /api/v1/orders/"
              + random.nextInt(100_000)
              + "?page=2 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n"
              + "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n"
              + "Connection: keep-alive\r\nCookie: session="
              + Long.toHexString(random.nextLong())
              + "\r\n"
              + moreFields
              + "\r\n";
      String body = "{\"id\": " + random.nextInt() + ", \"state\": \"paid\", \"items\": [1, 2, 3]}";
      String response =
          "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
              + "Content-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: "
              + body.length()
              + "\r\n"
              + moreFields
              + "\r\n"
              + body;
      received += data(requests, received, request, own);
      sent += data(responses, sent, response, own);
    }
    connections.add(own);
  }

  private int data(StreamId stream, long position, String text, List<StreamEvent.Data> own) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (blockUsed + bytes.length > block.length) {
      block = new byte[BLOCK_BYTES];
      blockUsed = 0;
    }
    System.arraycopy(bytes, 0, block, blockUsed, bytes.length);
    Bytes payload = Bytes.wrap(block, blockUsed, bytes.length);
    blockUsed += bytes.length;
    StreamEvent.Data event =
        new StreamEvent.Data(
            stamp(),
            stream,
            position,
            bytes.length,
            bytes.length,
            payload,
            new CallRef(CallKind.READ, events.size(), 0, 16_384, bytes.length));
    events.add(event);
    own.add(event);
    payloadBytes += bytes.length;
    messages++;
    return bytes.length;
  }

  private void run(PrintStream out, String what, int runs) throws IOException {
    double[] ours = new double[runs];
    double[] netty = new double[runs];
    long oursBytes = 0;
    long nettyBytes = 0;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int run = -WARM_UP_RUNS; run < runs; run++) {
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long started = System.nanoTime();
      analyze();
      double oursSeconds = (System.nanoTime() - started) / 1e9;
      oursBytes = threads.getCurrentThreadAllocatedBytes() - allocated;
      allocated = threads.getCurrentThreadAllocatedBytes();
      started = System.nanoTime();
      decodeWithNetty();
      double nettySeconds = (System.nanoTime() - started) / 1e9;
      nettyBytes = threads.getCurrentThreadAllocatedBytes() - allocated;
      if (run >= 0) {
        ours[run] = oursSeconds;
        netty[run] = nettySeconds;
      }
    }
    double oursMedian = BenchTable.median(ours);
    double nettyMedian = BenchTable.median(netty);
    print(out, "analyzer, paired", oursMedian, oursBytes);
    print(out, "Netty, decoded", nettyMedian, nettyBytes);
    out.printf("%d messages, %d bytes each on average%n", messages, payloadBytes / messages);
    BenchTable.ratio(
        out, what, rate(oursMedian), "Netty " + rate(nettyMedian), nettyMedian / oursMedian);
  }

  private String rate(double seconds) {
    return String.format(Locale.ROOT, "%.2f M messages/s", messages / seconds / 1e6);
  }

  private void print(PrintStream out, String name, double seconds, long allocatedBytes) {
    out.printf(
        "%-17s %8.2f M messages/s %8.0f MB/s %8d B allocated/message%n",
        name, messages / seconds / 1e6, payloadBytes / seconds / 1e6, allocatedBytes / messages);
  }

  private void analyze() throws IOException {
    long[] paired = new long[1];
    new SessionAnalyzer(AnalyzerOptions.defaults())
        .analyze(
            (projection, visitor) -> {
              for (CaptureEvent event : events) {
                visitor.event(event);
              }
            },
            session -> paired[0] += session.exchanges().size());
    if (paired[0] * 2 != messages) {
      throw new IllegalStateException("paired=" + paired[0] + " messages=" + messages);
    }
  }

  private void decodeWithNetty() {
    long decoded = 0;
    for (List<StreamEvent.Data> connection : connections) {
      EmbeddedChannel requests = new EmbeddedChannel(new HttpRequestDecoder());
      EmbeddedChannel responses = new EmbeddedChannel(new HttpResponseDecoder());
      for (StreamEvent.Data event : connection) {
        boolean request = event.stream().direction() == Direction.INGRESS;
        EmbeddedChannel channel = request ? requests : responses;
        Bytes payload = Objects.requireNonNull(event.payload(), "payload");
        channel.writeInbound(
            Unpooled.wrappedBuffer(
                payload.sharedArray(), payload.sharedOffset(), payload.length()));
        for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
          if (part instanceof LastHttpContent) {
            decoded++;
          }
          ReferenceCountUtil.release(part);
        }
      }
      requests.finishAndReleaseAll();
      responses.finishAndReleaseAll();
    }
    if (decoded != messages) {
      throw new IllegalStateException("decoded=" + decoded + " messages=" + messages);
    }
  }
}
