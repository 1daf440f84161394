// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureFormatException;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.InMemoryChannel;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A damaged capture yields only right exchanges. */
class CaptureDamageTest {
  private static final EventScript SCRIPT =
      EventScript.parse(script()).withChunking(Chunking.random(1));

  private static String script() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 61; i++) {
      text.append(">> GET /%d HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n".formatted(i));
      text.append("<< HTTP/1.1 200 OK\\r\\ncontent-length: 7\\r\\n\\r\\nbody%03d\n".formatted(i));
    }
    return text.append("close\n").toString();
  }

  private static byte[] capture() {
    return SCRIPT.toCapture(WriterOptions.newBuilder().blockBytes(2048).build());
  }

  private static String analyze(byte[] file) throws IOException {
    List<Session> sessions = new ArrayList<>();
    try (CaptureReader reader =
        CaptureReader.open(new InMemoryChannel(file), "test.tape", ReaderOptions.defaults())) {
      new SessionAnalyzer(AnalyzerOptions.defaults()).analyze(reader::read, sessions::add);
    }
    return Analyses.render(sessions);
  }

  /** The exchanges without their numbers, which depend on what is missing before. */
  private static List<String> withoutNumbers(String rendered) {
    return rendered.lines().map(line -> line.substring(line.indexOf(' '))).toList();
  }

  private static void assertOnlyRight(String damaged, Set<String> right, String what) {
    for (String line : withoutNumbers(damaged)) {
      if (line.indexOf('|') < 0) {
        assertThat(right).as(what).contains(line);
      }
    }
  }

  @Test
  void analyze_captureCutAtEveryByte_yieldsOnlyRightExchanges() throws IOException {
    byte[] whole = capture();
    String all = analyze(whole);
    Set<String> right = new HashSet<>(withoutNumbers(all));
    assertThat(right).hasSize(61);
    int most = 0;
    for (int length = 0; length < whole.length; length++) {
      String cut;
      try {
        cut = analyze(Arrays.copyOf(whole, length));
      } catch (CaptureFormatException noCaptureYet) {
        assertThat(length).as("a header can be read").isLessThan(1024);
        continue;
      }
      assertOnlyRight(cut, right, "cut at " + length);
      most = Math.max(most, withoutNumbers(cut).size());
    }
    assertThat(most).isEqualTo(61);
  }

  @Test
  void analyze_captureWithAFlippedBit_yieldsOnlyRightExchanges() throws IOException {
    byte[] whole = capture();
    Set<String> right = new HashSet<>(withoutNumbers(analyze(whole)));
    SplittableRandom random = new SplittableRandom(3);
    for (int at = 0; at < whole.length; at += random.nextInt(1, 8)) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      String damaged;
      try {
        damaged = analyze(flipped);
      } catch (CaptureFormatException noCaptureAnyMore) {
        assertThat(at).as("the header is hit").isLessThan(1024);
        continue;
      }
      assertOnlyRight(damaged, right, "bit flipped at " + at);
    }
  }
}
