// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.CaptureFormatException;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.InMemoryChannel;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random captures of HTTP/1, HTTP/2 and WebSocket connections side by side, some damaged: whoever
 * reads them, and however, finds the same in the same order.
 */
class ThreadsOnCapturesTest {
  private static final int CAPTURES = 8;
  private static final int CONNECTIONS = 12;
  private static final int HEADER_BYTES = 1024;

  private final List<List<String>> connections = new ArrayList<>();
  private final StringBuilder script = new StringBuilder();
  private SplittableRandom random = new SplittableRandom(0);

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void analyze_randomCaptures_givesWhatOneThreadGives(int threads) throws IOException {
    int found = 0;
    int damaged = 0;
    for (int seed = 1; seed <= CAPTURES; seed++) {
      byte[] capture = capture(seed);
      List<String> expected = new ArrayList<>();
      analyze(capture, 1, true, expected);
      List<String> sections = new ArrayList<>();
      analyze(capture, threads, true, sections);
      assertThat(sections).as("seed %d", seed).isEqualTo(expected);
      List<String> events = new ArrayList<>();
      analyze(capture, threads, false, events);
      assertThat(events).as("seed %d, event by event", seed).isEqualTo(expected);
      found += expected.size();
      damaged += expected.stream().anyMatch(line -> line.startsWith("Damage")) ? 1 : 0;
    }
    assertThat(found).isGreaterThan(CAPTURES * CONNECTIONS * 10);
    assertThat(damaged).isBetween(CAPTURES / 4, CAPTURES - 1);
  }

  private static void analyze(byte[] capture, int threads, boolean inSections, List<String> found)
      throws IOException {
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(capture), "test.tape", ReaderOptions.defaults())) {
      AnalyzerOptions options =
          AnalyzerOptions.newBuilder().threads(threads).maxOpenBytes(20_000).build();
      EventSource source = inSections ? EventSource.of(reader) : reader::read;
      found.add(new SessionAnalyzer(options).analyze(source, new WrittenDown(found)).toString());
    } catch (CaptureFormatException e) {
      found.add(e.getMessage());
    }
  }

  private byte[] capture(int seed) {
    random = new SplittableRandom(seed);
    connections.clear();
    script.setLength(0);
    for (int i = 0; i < CONNECTIONS; i++) {
      String ends = "10.0.0.1:" + (40_000 + i) + " -> 10.0.0.2:80\n";
      script.append("s").append(i).append(": @ plain server ").append(ends);
      if (i % 4 == 0) {
        script.append("c").append(i).append(": @ plain client ").append(ends);
      }
      connections.add(
          switch (i % 3) {
            case 0 -> http1();
            case 1 -> http2();
            default -> webSocket();
          });
    }
    int left = connections.stream().mapToInt(List::size).sum();
    while (left > 0) {
      int number = random.nextInt(CONNECTIONS);
      List<String> lines = connections.get(number);
      if (!lines.isEmpty()) {
        String line = lines.remove(0);
        left--;
        if (number % 4 == 0) {
          script.append("c").append(number).append(' ').append(line).append('\n');
        }
        script.append("s").append(number).append(' ').append(line).append('\n');
      }
    }
    byte[] capture =
        EventScript.parse(script.toString())
            .withChunking(Chunking.random(seed))
            .toCapture(
                WriterOptions.newBuilder().blockBytes(random.nextInt(1 << 10, 1 << 14)).build());
    for (int i = 0; seed % 2 == 0 && i < 3; i++) {
      capture[random.nextInt(HEADER_BYTES, capture.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return capture;
  }

  private List<String> http1() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String body = "b".repeat(random.nextInt(300));
      lines.add(
          random.nextInt(20) == 0
              ? ">> gap 31"
              : ">> GET /" + i + " HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n");
      if (random.nextInt(10) > 0) {
        lines.add(
            random.nextInt(20) == 0
                ? "<< gap 50"
                : "<< HTTP/1.1 200 OK\\r\\ncontent-length: "
                    + body.length()
                    + "\\r\\n\\r\\n"
                    + body);
      }
    }
    return lines;
  }

  private List<String> http2() {
    H2Script conversation = new H2Script().start();
    for (int i = 0; i < 30; i++) {
      conversation.get(2 * i + 1, "/" + i, "x-number " + random.nextInt(5));
      if (random.nextInt(8) > 0) {
        conversation
            .headers(false, 2 * i + 1, false, ":status 200")
            .data(false, 2 * i + 1, random.nextInt(8) > 0, "d".repeat(random.nextInt(200)));
      }
      if (random.nextInt(15) == 0) {
        conversation.script("<< gap 40");
      }
    }
    return new ArrayList<>(conversation.lines());
  }

  private List<String> webSocket() {
    List<String> lines = new ArrayList<>();
    lines.add(
        ">> GET /chat HTTP/1.1\\r"
            + "\\n"
            + "host: a\\r"
            + "\\n"
            + "connection: upgrade\\r"
            + "\\n"
            + "upgrade: websocket\\r"
            + "\\n"
            + "\\r"
            + "\\n");
    lines.add(
        "<< HTTP/1.1 101 Switching Protocols\\r\\nconnection: upgrade\\r\\n"
            + "upgrade: websocket\\r\\n\\r\\n");
    for (int i = 0; i < 40; i++) {
      int length = random.nextInt(1, 120);
      lines.add("<< \\x81" + String.format("\\x%02x", length) + "m".repeat(length));
      if (random.nextInt(4) == 0) {
        lines.add(">> \\x81\\x82\\x00\\x00\\x00\\x00ok");
      }
      if (random.nextInt(30) == 0) {
        lines.add("<< gap 7");
      }
    }
    return lines;
  }

  /** Writes down what comes. */
  private record WrittenDown(List<String> found) implements ExchangeVisitor {
    @Override
    public void exchange(Exchange exchange) {
      StringBuilder text = new StringBuilder(Analyses.render(exchange));
      text.append(exchange.alsoSeenBy()).append(exchange.startedEpochNanos());
      for (StreamMessage message : exchange.messages()) {
        text.append(' ').append(message.payload().toBytes().toLatin1());
      }
      found.add(text.toString());
    }

    @Override
    public void session(SessionSummary session) {
      found.add(session.toString());
    }

    @Override
    public void noSession(int number) {
      found.add("no " + number);
    }

    @Override
    public void damage(Damage damage) {
      found.add(damage.toString());
    }
  }
}
