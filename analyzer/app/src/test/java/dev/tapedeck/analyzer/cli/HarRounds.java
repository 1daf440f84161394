// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Exports, imports and exports again, and compares the two archives value by value. */
final class HarRounds {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int SHOWN_CHARACTERS = 200;

  private final Path folder;
  private int rounds;

  /** Makes one that keeps its files in a folder. */
  HarRounds(Path folder) {
    this.folder = folder;
  }

  static String export(Path capture, boolean includeSecrets) {
    CliRun run =
        includeSecrets
            ? CliRun.of("export", "har", capture, "--include-secrets", "-o", "-")
            : CliRun.of("export", "har", capture, "-o", "-");
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out();
  }

  /** Returns the capture that an archive is imported to. */
  Path imported(String archive) throws IOException {
    rounds++;
    Path file = folder.resolve("round-" + rounds + ".har");
    Files.writeString(file, archive);
    Path capture = folder.resolve("round-" + rounds + ".tape");
    CliRun run = CliRun.of("import", "har", file, "-o", capture);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return capture;
  }

  /**
   * Goes round.
   *
   * @return how many entries there were
   */
  int assertSame(Path capture, boolean includeSecrets) throws IOException {
    String before = export(capture, includeSecrets);
    String after = export(imported(before), includeSecrets);
    List<String> differences = new ArrayList<>();
    compare("", entries(before), entries(after), differences);
    assertThat(differences).as(capture + " include-secrets=" + includeSecrets).isEmpty();
    return entries(before).size();
  }

  static JsonNode entries(String archive) {
    return MAPPER.readTree(archive).at("/log/entries");
  }

  /** All that HAR has, in its order; what is this project's alone is not compared. */
  private static void compare(String place, JsonNode before, JsonNode after, List<String> out) {
    if (before.isObject() && after.isObject()) {
      Set<String> names = new LinkedHashSet<>(before.propertyNames());
      names.addAll(after.propertyNames());
      names.remove("_tapedeck");
      for (String name : names) {
        compare(place + "/" + name, before.path(name), after.path(name), out);
      }
    } else if (before.isArray() && after.isArray() && before.size() == after.size()) {
      for (int i = 0; i < before.size(); i++) {
        compare(place + "/" + i, before.get(i), after.get(i), out);
      }
    } else if (!before.equals(after)) {
      out.add(place + ": " + shown(before) + " is now " + shown(after));
    }
  }

  private static String shown(JsonNode node) {
    String text = node.isMissingNode() ? "nothing" : node.toString();
    return text.substring(0, Math.min(SHOWN_CHARACTERS, text.length()));
  }
}
