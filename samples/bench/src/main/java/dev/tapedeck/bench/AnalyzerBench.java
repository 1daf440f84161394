// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import com.sun.management.ThreadMXBean;
import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CallKind;
import dev.tapedeck.format.CallRef;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.WriterOptions;
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
 * Reconstructs small keep-alive exchanges beside Netty's decoders on the same bytes: one call a
 * message, alternating runs, medians.
 *
 * <p>Netty decodes each direction. The analyzer does what every command of it does: it reads the
 * events twice (the first time for connections, roles and missing bytes), puts them in order,
 * parses them with every check for what is odd, pairs requests with answers, accounts for each byte
 * and looks for legs. The exchanges go to a visitor that drops them: header fields and bodies are
 * found while parsing, but the objects that show them are made for who asks, so that this is what
 * counting, or filtering by status, costs. "Every part read" is the same with a visitor that asks
 * for the text of each field, the target and the body's bytes, as printing does.
 *
 * <p>Two sources: events in memory (the limit is copying their bytes), and a capture file in memory
 * (the limit is reading its events). On one thread CPU time counts, so that other programs on the
 * machine do not; that of the garbage collector's threads is not in it, for either side. {@link
 * ThreadsBench} compares two threads with one: what is measured here is over in a moment.
 */
public final class AnalyzerBench {
  private static final int CONNECTIONS = 32;
  private static final int EXCHANGES_PER_CONNECTION = 1000;
  private static final int WARM_UP_RUNS = 15;
  private static final int RUNS = 15;
  private static final int SHORT_RUNS = 5;
  private static final int BLOCK_BYTES = 1 << 20;

  /** So many shapes are measured from a file, too. */
  private static final int WHOLE_SHAPES = 2;

  private static final long HOST_ID = 1;
  private static final ProcessKey PROCESS = new ProcessKey(HOST_ID, 4242, 1);

  /** What browsers and frameworks add to a message. */
  private static final String MORE_FIELDS =
      "Cache-Control: no-cache, no-store, must-revalidate\r\n"
          + "Content-Security-Policy: default-src 'self'; img-src 'self' https://img.example; "
          + "script-src 'self' https://cdn.example\r\nX-Content-Type-Options: nosniff\r\n"
          + "X-Request-Id: 7f9c2ba4-e88f-4a2b-9c41-22d9cd6c9c3e\r\nVary: Accept-Encoding\r\n"
          + "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";

  private static final Shape SMALL_MESSAGES = new Shape("small messages", "", false, false, false);

  private final Shape shape;
  private final SplittableRandom random = new SplittableRandom(7);
  private final List<CaptureEvent> events = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private byte[] block = new byte[BLOCK_BYTES];
  private int blockUsed;
  private long nanos = 1_000_000_000L;
  private long payloadBytes;
  private long messages;

  /** Keeps what is measured from being left out. */
  private long checksum;

  /**
   * What the traffic looks like.
   *
   * @param moreFields further header fields of each message
   * @param chunked whether answers are chunked, rather than with a length
   * @param bodyApart whether head and body of an answer are two calls
   * @param byTurns whether the connections take turns, rather than one after the other
   */
  private record Shape(
      String name, String moreFields, boolean chunked, boolean bodyApart, boolean byTurns) {}

  /** One connection and how far it is. */
  private final class Connection {
    private final StreamId requests;
    private final StreamId responses;
    private final List<StreamEvent.Data> own = new ArrayList<>();
    private long sent;
    private long received;

    Connection(int number) {
      ConnectionId id = new ConnectionId(HOST_ID, 7_000L + number, 1);
      FlowKey flow =
          new FlowKey(new Endpoint("10.0.0.2", 80), new Endpoint("10.0.0.1", 40_000 + number), 1);
      events.add(new SocketEvent.Accept(stamp(), id, new DescriptorRef(PROCESS, 5 + number), flow));
      requests = new StreamId(id, Direction.INGRESS);
      responses = new StreamId(id, Direction.EGRESS);
    }

    void exchange() {
      received += data(requests, received, request(), own);
      String body = "{\"id\": " + random.nextInt() + ", \"state\": \"paid\", \"items\": [1, 2, 3]}";
      String head = answerHead(body.length());
      String framed =
          shape.chunked()
              ? Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n"
              : body;
      if (shape.bodyApart()) {
        sent += data(responses, sent, head, own);
        sent += data(responses, sent, framed, own);
      } else {
        sent += data(responses, sent, head + framed, own);
      }
      messages += 2;
    }
  }

  private AnalyzerBench(Shape shape) {
    this.shape = shape;
    for (int i = 0; i < CONNECTIONS; i++) {
      connections.add(new Connection(i));
      for (int k = 0; k < EXCHANGES_PER_CONNECTION && !shape.byTurns(); k++) {
        connections.get(i).exchange();
      }
    }
    for (int k = 0; k < EXCHANGES_PER_CONNECTION && shape.byTurns(); k++) {
      connections.forEach(Connection::exchange);
    }
  }

  /** Runs the benchmark; {@code --short} for seconds. */
  public static void main(String[] arguments) throws IOException {
    int runs = BenchTable.isShort(arguments) ? SHORT_RUNS : RUNS;
    List<Shape> shapes =
        List.of(
            SMALL_MESSAGES,
            new Shape("usual messages", MORE_FIELDS, false, false, false),
            new Shape("small, connections by turns", "", false, false, true),
            new Shape("small, chunked", "", true, false, false),
            new Shape("small, head and body apart", "", false, true, false));
    for (int i = 0; i < shapes.size(); i++) {
      new AnalyzerBench(shapes.get(i)).run(System.out, runs, i < WHOLE_SHAPES);
    }
  }

  /** Returns the events of small messages on connections that are kept alive. */
  static List<CaptureEvent> smallMessages() {
    return new AnalyzerBench(SMALL_MESSAGES).events;
  }

  private EventStamp stamp() {
    nanos += 20_000;
    return new EventStamp(
        PROCESS, PROCESS.pid(), nanos - 5_000, nanos, new EventOrigin(0, 0, events.size()));
  }

  private String request() {
    return "GET /api/v1/orders/"
        + random.nextInt(100_000)
        + "?page=2 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n"
        + "Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n"
        + "Connection: keep-alive\r\nCookie: session="
        + Long.toHexString(random.nextLong())
        + "\r\n"
        + shape.moreFields()
        + "\r\n";
  }

  private String answerHead(int bodyBytes) {
    return "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
        + "Content-Type: application/json\r\nConnection: keep-alive\r\n"
        + (shape.chunked() ? "Transfer-Encoding: chunked" : "Content-Length: " + bodyBytes)
        + "\r\n"
        + shape.moreFields()
        + "\r\n";
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
    return bytes.length;
  }

  private void run(PrintStream out, int runs, boolean whole) throws IOException {
    Measure ours = new Measure("events to exchanges", () -> analyze(memory(), false), runs);
    Measure parts = new Measure("every part read", () -> analyze(memory(), true), runs);
    Measure netty = new Measure("Netty, decoded", this::decodeWithNetty, runs);
    Measure copied = new Measure("bytes copied", this::copy, runs);
    List<Measure> all = new ArrayList<>(List.of(ours, parts, netty, copied));
    MemoryFile file = capture();
    Measure fromFile = new Measure("file to exchanges", () -> analyzeFile(file), runs);
    Measure read = new Measure("file to events", () -> readFile(file), runs);
    if (whole) {
      all.addAll(List.of(fromFile, read));
    }
    for (int run = -WARM_UP_RUNS; run < runs; run++) {
      for (Measure measure : all) {
        measure.run(run);
      }
    }
    String what = "parse and pair, " + shape.name();
    out.printf(
        "%s: %d messages, %d bytes each on average%n",
        shape.name(), messages, payloadBytes / messages);
    for (Measure measure : all) {
      measure.print(out);
    }
    BenchTable.value(
        out,
        what,
        String.format(Locale.ROOT, "%.0f MB/s", payloadBytes / ours.cpuSeconds() / 1e6),
        "600 MB/s");
    row(out, what + ", exchanges / Netty's messages", ours, netty);
    row(out, what + ", exchanges / copied bytes", ours, copied);
    if (whole) {
      row(out, what + ", whole path / events read", fromFile, read);
    }
    BenchTable.value(
        out, what + ", allocated", ours.allocatedBytes / messages + " B/message", "200 B/message");
  }

  private void row(PrintStream out, String what, Measure measured, Measure yardstick) {
    BenchTable.ratio(
        out,
        what,
        rate(measured.cpuSeconds()),
        rate(yardstick.cpuSeconds()),
        yardstick.cpuSeconds() / measured.cpuSeconds());
  }

  private String rate(double seconds) {
    return String.format(Locale.ROOT, "%.2f M messages/s", messages / seconds / 1e6);
  }

  /** Something to measure. */
  private interface Action {
    void run() throws IOException;
  }

  /** One thing and how long it took. */
  private final class Measure {
    private final String name;
    private final Action action;
    private final double[] wall;
    private final double[] cpu;
    private long allocatedBytes;

    Measure(String name, Action action, int runs) {
      this.name = name;
      this.action = action;
      this.wall = new double[runs];
      this.cpu = new double[runs];
    }

    void run(int run) throws IOException {
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long cpuStarted = threads.getCurrentThreadCpuTime();
      long started = System.nanoTime();
      action.run();
      double seconds = (System.nanoTime() - started) / 1e9;
      double cpuSeconds = (threads.getCurrentThreadCpuTime() - cpuStarted) / 1e9;
      allocatedBytes = threads.getCurrentThreadAllocatedBytes() - allocated;
      if (run >= 0) {
        wall[run] = seconds;
        cpu[run] = cpuSeconds;
      }
    }

    double wallSeconds() {
      return BenchTable.median(wall);
    }

    double cpuSeconds() {
      return BenchTable.median(cpu);
    }

    void print(PrintStream out) {
      out.printf(
          "%-20s %7.2f M messages/s %7.0f MB/s of CPU, %7.2f M by the clock, %6d B/message%n",
          name,
          messages / cpuSeconds() / 1e6,
          payloadBytes / cpuSeconds() / 1e6,
          messages / wallSeconds() / 1e6,
          allocatedBytes / messages);
    }
  }

  private MemoryFile capture() throws IOException {
    MemoryFile file = new MemoryFile((int) (payloadBytes + (8 << 20)));
    CaptureHeader header =
        CaptureHeader.newBuilder().fileId(Bytes.latin1("benchmark file..")).build();
    try (CaptureWriter writer =
        CaptureWriter.create(file, "memory", header, WriterOptions.defaults())) {
      for (CaptureEvent event : events) {
        writer.write(event);
      }
    }
    return file;
  }

  private void copy() {
    byte[] target = new byte[BLOCK_BYTES];
    for (CaptureEvent event : events) {
      Bytes payload = event instanceof StreamEvent.Data data ? data.payload() : null;
      if (payload != null) {
        payload.copyTo(0, target, 0, payload.length());
        checksum += target[payload.length() - 1];
      }
    }
  }

  private void readFile(MemoryFile file) throws IOException {
    try (CaptureReader reader = CaptureReader.open(file, "memory", ReaderOptions.defaults())) {
      for (Projection projection : List.of(Projection.METADATA, Projection.ALL)) {
        reader.read(projection, event -> checksum += event.stamp().exitNanos());
      }
    }
  }

  private void analyzeFile(MemoryFile file) throws IOException {
    try (CaptureReader reader = CaptureReader.open(file, "memory", ReaderOptions.defaults())) {
      analyze(reader::read, false);
    }
  }

  private EventSource memory() {
    return (projection, visitor) -> {
      for (CaptureEvent event : events) {
        visitor.event(event);
      }
    };
  }

  private void analyze(EventSource source, boolean everyPart) throws IOException {
    AnalysisStats stats =
        new SessionAnalyzer(AnalyzerOptions.newBuilder().threads(1).build())
            .analyze(
                source,
                new ExchangeVisitor() {
                  @Override
                  public void exchange(Exchange exchange) {
                    checksum += everyPart ? partsOf(exchange) : exchange.index();
                  }

                  @Override
                  public void session(SessionSummary session) {
                    checksum += session.number();
                  }
                });
    if (stats.exchanges() * 2 != messages) {
      throw new IllegalStateException("exchanges=" + stats.exchanges() + " messages=" + messages);
    }
  }

  private static long partsOf(Exchange exchange) {
    HttpRequest request = Objects.requireNonNull(exchange.request(), "request");
    HttpResponse response = Objects.requireNonNull(exchange.response(), "response");
    return request.method().length()
        + request.target().length()
        + response.status()
        + partsOf(request)
        + partsOf(response);
  }

  private static long partsOf(HttpMessage message) {
    long sum = message.body().content().toBytes().length();
    for (HeaderField field : message.headers().toList()) {
      sum += field.name().length() + field.value().length();
    }
    return sum;
  }

  private void decodeWithNetty() {
    long decoded = 0;
    for (Connection connection : connections) {
      EmbeddedChannel requests = new EmbeddedChannel(new HttpRequestDecoder());
      EmbeddedChannel responses = new EmbeddedChannel(new HttpResponseDecoder());
      for (StreamEvent.Data event : connection.own) {
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
