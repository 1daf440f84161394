// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.ReplayOutcome;
import dev.tapedeck.replayer.ReplayTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Runs commands about a capture full of secrets, and looks for these in all that was written. */
final class LeakHunt {
  private final Path folder;
  private final Planted recordedSecrets;
  private final Planted secretsNow;

  /** What was written, by what wrote it. */
  private final Map<String, String> written = new TreeMap<>();

  /**
   * Begins a hunt.
   *
   * @param folder for what is written; the capture is in it
   */
  LeakHunt(Path folder, Planted recordedSecrets, Planted secretsNow) {
    this.folder = folder;
    this.recordedSecrets = recordedSecrets;
    this.secretsNow = secretsNow;
  }

  Path capture() {
    return folder.resolve("secrets.tape");
  }

  Map<String, String> written() {
    return written;
  }

  /** Runs every command that writes something about the capture, against a target. */
  void everything(String url) throws Exception {
    for (String format : List.of("table", "json", "ndjson")) {
      run("run " + format, url, "--format", format, "--report", path("report-" + format));
      execute(
          "plan " + format,
          "plan",
          capture().toString(),
          "--target",
          url,
          "--allow-unsafe",
          "--format",
          format);
    }
    run("run files", url, "--junit-xml", path("junit.xml"), "--html", path("page.html"));
    run("run minimize", url, "--minimize=" + path("small"), "--minimize-trials", "3");
    execute("learn", "learn", capture().toString(), "--target", url, "-o", path("learnt.yaml"));
    ReplayOutcome outcome = ReplayTest.of(capture()).allowUnsafe(true).maxErrors(0).run(url);
    written.put("test", outcome + "\n" + outcome.baseline() + "\n" + outcome.actual());
    collect(folder);
  }

  /** Returns whose secrets were shown where. */
  Map<String, List<String>> leaks() {
    Map<String, List<String>> leaks = new TreeMap<>();
    written.forEach(
        (where, text) -> {
          SortedSet<String> recorded = recordedSecrets.leaksIn(text);
          recorded.forEach(
              what -> leaks.computeIfAbsent("recorded " + what, w -> new ArrayList<>()).add(where));
          secretsNow
              .leaksIn(text)
              .forEach(
                  what -> leaks.computeIfAbsent("now " + what, w -> new ArrayList<>()).add(where));
        });
    return leaks;
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void collect(Path from) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        // Captures hold what was recorded.
        if (!file.toString().endsWith(".tape")) {
          String text = Files.readString(file, StandardCharsets.ISO_8859_1);
          written.put(folder.relativize(file).toString(), text);
        }
      }
    }
  }

  void run(String name, String url, String... more) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("run", capture().toString(), "--target", url, "--allow-unsafe"));
    words.addAll(List.of("--debug", "--pace", "max", "--max-errors", "0", "--color", "always"));
    words.addAll(List.of(more));
    execute(name, words.toArray(String[]::new));
  }

  void execute(String name, String... words) {
    Ran ran = Ran.command(words);
    written.put(name, ran.out() + "\n" + ran.err());
  }
}
