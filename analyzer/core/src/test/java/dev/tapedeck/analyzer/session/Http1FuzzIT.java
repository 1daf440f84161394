// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever both sides send and whatever of it is lost: every byte is accounted for, and the split
 * of the bytes changes nothing. With {@code make fuzz-http1} Jazzer looks for streams of which that
 * is not true; without it the streams that it starts from are read, and those that it ever found.
 */
class Http1FuzzIT {
  /** In an input, the other side goes on. */
  private static final char TURN = 1;

  /** In an input, the bytes up to the next turn are missing. */
  private static final char GAP = 2;

  static Stream<byte[]> streams() {
    String get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    String ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    String chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\n\r\n";
    return Stream.of(
            "",
            get + TURN + ok + TURN + get + TURN + chunked,
            get + TURN + chunked.substring(0, 30) + GAP + chunked.substring(30) + TURN + get,
            get.replace('\n', ' ') + TURN + ok.replace("\r\n", "\r"),
            "GET /old\r\n" + TURN + "junk\r\n" + ok,
            "HEAD / HTTP/1.1\r\n\r\n" + TURN + ok + ok,
            "POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n"
                + TURN
                + ok
                + TURN
                + get,
            get + TURN + ok.replace("content-length: 2", "x: y\r\n transfer-encoding: what"))
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @MethodSource("streams")
  @FuzzTest(maxDuration = "30m")
  void analyze_anyStreams_givesTheSameForEverySplit(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String whole = render(text, Chunking.whole());
    assertThat(render(text, Chunking.oneByte())).isEqualTo(whole);
    assertThat(render(text, Chunking.random(bytes.length))).isEqualTo(whole);
  }

  private static String render(String text, Chunking chunking) {
    return Analyses.render(Analyses.analyzeEachEnd(events(text, chunking)));
  }

  private static List<CaptureEvent> events(String text, Chunking chunking) {
    List<Conversation.Turn> turns = new ArrayList<>();
    int lossy = -1;
    int gap = 0;
    boolean request = true;
    for (String turn : text.split(String.valueOf(TURN), -1)) {
      int found = turn.indexOf(GAP);
      if (found >= 0 && found < turn.length() - 1) {
        lossy = turns.size();
        gap = found;
      }
      turns.add(new Conversation.Turn(request, turn));
      request = !request;
    }
    int length = lossy < 0 ? 0 : turns.get(lossy).text().length();
    return new Conversation("fuzzed", turns).events(chunking, lossy, gap, length);
  }
}
