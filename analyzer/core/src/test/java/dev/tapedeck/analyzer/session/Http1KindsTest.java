// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each kind of odd HTTP/1 that was met in the wild, under every way to split its bytes over calls.
 *
 * <p>The file {@code http1-kinds.txt} holds the cases: a name behind {@code ==}, lines of an {@link
 * EventScript}, and what is expected behind {@code --}. {@code GET} and {@code OK} lines are short
 * for a request of that target and an answer with that body. With {@code -Dgolden.update=true} what
 * came is written as expected.
 */
class Http1KindsTest {
  private static final String RESOURCE = "http1-kinds.txt";

  /** Chunkings of each case; more take too long for what they find. */
  private static final int SPLIT_POINTS = 200;

  static Stream<Arguments> kinds() throws IOException {
    List<Arguments> cases = new ArrayList<>();
    for (String block : text().split("(?m)^== ", -1)) {
      if (!block.startsWith("#")) {
        String name = block.substring(0, block.indexOf('\n'));
        int expected = block.indexOf("\n--\n");
        String script = block.substring(name.length() + 1, expected + 1);
        cases.add(
            Arguments.of(name, expand(script), block.substring(expected + 4).stripTrailing()));
      }
    }
    assertThat(cases).hasSizeGreaterThan(80);
    return cases.stream();
  }

  private static String text() throws IOException {
    try (InputStream in = Http1KindsTest.class.getResourceAsStream(RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String expand(String script) {
    StringBuilder text = new StringBuilder();
    for (String line : script.lines().toList()) {
      if (line.startsWith("GET ")) {
        text.append(">> ").append(line).append(" HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n");
      } else if (line.startsWith("OK ")) {
        String body = line.substring(3);
        text.append("<< HTTP/1.1 200 OK\\r\\ncontent-length: ").append(body.length());
        text.append("\\r\\n\\r\\n").append(body);
      } else {
        text.append(line);
      }
      text.append('\n');
    }
    return text.toString();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void analyze_kind_givesTheSameForEverySplit(String name, String script, String expected)
      throws IOException {
    EventScript parsed = EventScript.parse(script);
    String whole = render(parsed);
    if (Boolean.getBoolean("golden.update")) {
      update(name, whole);
      return;
    }
    assertThat(whole).as(name).isEqualTo(expected);
    Chunking.allFor(parsed)
        .limit(SPLIT_POINTS)
        .forEach(
            chunking ->
                assertThat(render(parsed.withChunking(chunking)))
                    .as("%s, %s", name, chunking)
                    .isEqualTo(expected));
  }

  private static String render(EventScript script) {
    return Analyses.render(Analyses.analyze(script)).stripTrailing();
  }

  private static void update(String name, String actual) throws IOException {
    Path file = Path.of("src/test/resources/dev/tapedeck/analyzer/session").resolve(RESOURCE);
    String before = Files.readString(file, StandardCharsets.UTF_8);
    int block = before.indexOf("== " + name + "\n");
    int from = before.indexOf("\n--\n", block) + 4;
    int next = before.indexOf("\n== ", block + 1);
    String rest = next < 0 ? "" : before.substring(next);
    Files.writeString(
        file, before.substring(0, from) + actual + "\n" + rest, StandardCharsets.UTF_8);
  }
}
