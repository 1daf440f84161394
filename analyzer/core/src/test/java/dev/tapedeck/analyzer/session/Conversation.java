// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.Direction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What both sides of a connection said, in turns.
 *
 * @param name of the case
 * @param turns in their order
 */
record Conversation(String name, List<Turn> turns) {
  private static final Pattern MARKER = Pattern.compile("(?m)^(>>>|<<<)\r?\n");
  private static final int FD = 5;

  /**
   * Bytes of one side.
   *
   * @param request whether they go to the server
   * @param text characters that are bytes
   */
  record Turn(boolean request, String text) {}

  /** Returns a folder of third-party cases, without which the test is skipped, but not in CI. */
  static Path corpus(String name) {
    Path root = Path.of(System.getProperty("tapedeck.root", "../.."));
    Path folder = root.resolve("../shared/corpora").resolve(name).normalize();
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(folder).as("third-party corpus, not part of the project").isDirectory();
    }
    return folder;
  }

  /** Returns the scripts of libhtp's tests. */
  static List<Conversation> libhtpScripts() throws IOException {
    List<Conversation> scripts = new ArrayList<>();
    try (Stream<Path> files = Files.list(corpus("libhtp"))) {
      for (Path file : files.filter(Conversation::isScript).sorted().toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        scripts.add(new Conversation(file.getFileName().toString(), turns(text)));
      }
    }
    assertThat(scripts).hasSizeGreaterThan(100);
    return scripts;
  }

  private static boolean isScript(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".t") || name.endsWith("missing");
  }

  private static List<Turn> turns(String script) {
    List<Turn> turns = new ArrayList<>();
    Matcher marker = MARKER.matcher(script);
    int from = -1;
    boolean request = false;
    while (marker.find()) {
      if (from >= 0) {
        // One line end before a marker belongs to the script.
        String text = script.substring(from, marker.start()).replaceFirst("\r?\n$", "");
        turns.add(new Turn(request, text));
      }
      request = marker.group(1).equals(">>>");
      from = marker.end();
    }
    turns.add(new Turn(request, script.substring(from)));
    return turns;
  }

  /** Returns the events of it, seen from the server. */
  List<CaptureEvent> events(Chunking chunking) {
    return events(chunking, -1, 0, 0);
  }

  /**
   * Returns the events of it, with bytes of one turn missing.
   *
   * @param lossyTurn which turn; −1 for none
   * @param from of the first byte in it that is missing
   * @param to after the last one
   */
  List<CaptureEvent> events(Chunking chunking, int lossyTurn, int from, int to) {
    EventList events = new EventList().accept(EventList.socket(1), FD);
    int[] positions = new int[2];
    for (int i = 0; i < turns.size(); i++) {
      Turn turn = turns.get(i);
      if (i == lossyTurn) {
        add(events, turn.request(), turn.text().substring(0, from), positions, chunking);
        positions[turn.request() ? 0 : 1] += to - from;
        add(events, turn.request(), turn.text().substring(to), positions, chunking);
      } else {
        add(events, turn.request(), turn.text(), positions, chunking);
      }
    }
    return events.close(EventList.socket(1), FD).events();
  }

  private static void add(
      EventList events, boolean request, String text, int[] positions, Chunking chunking) {
    if (text.isEmpty()) {
      return;
    }
    Direction direction = request ? Direction.INGRESS : Direction.EGRESS;
    for (Bytes part : chunking.split(Bytes.latin1(text))) {
      events.data(EventList.socket(1), direction, positions[request ? 0 : 1], part.toLatin1());
      positions[request ? 0 : 1] += part.length();
    }
  }
}
