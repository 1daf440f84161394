// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DocumentationTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path folder;

  @Test
  void jsonFields_everyOneWritten_isDocumented() throws IOException {
    String documentation = Files.readString(Path.of("../../docs/JSON.md"));
    Path file = TestCaptures.shop(folder);
    Path damaged = TestCaptures.damagedBlock(folder, "damaged.tape");
    Path copy = folder.resolve("copy.tape");
    CliRun.of("recover", damaged, "-o", copy);
    Set<String> names = new TreeSet<>();
    for (String[] command :
        new String[][] {
          {"info", file.toString()},
          {"info", copy.toString()},
          {"doctor", damaged.toString()},
          {"sessions", file.toString(), file.toString(), "--bodies", "text"},
          {"exchanges", file.toString(), "--bodies", "sha256"},
          {"stats", file.toString()},
          {"stats", file.toString(), "--by", "status"},
          {"stats", file.toString(), "--by", "process"},
          {"dump", file.toString(), "--bytes", "1"},
          {"cat", file.toString(), file.toString(), "--payload", "text"},
          {"cat", file.toString(), "--payload", "sha256"},
          {"cat", file.toString(), "--blocks"}
        }) {
      Object[] words = new Object[command.length + 2];
      System.arraycopy(command, 0, words, 0, command.length);
      words[command.length] = "--format";
      words[command.length + 1] = "ndjson";
      CliRun.of(words).out().lines().forEach(line -> collect(MAPPER.readTree(line), names));
    }
    // The recorder's own words, not fields.
    names.remove("sources");
    // Status codes of the capture.
    names.removeIf(name -> name.matches("\\d{3}"));
    assertThat(names).hasSizeGreaterThan(60);
    assertThat(names).allSatisfy(name -> assertThat(documentation).contains("`" + name + "`"));
  }

  private static void collect(JsonNode node, Set<String> names) {
    names.addAll(node.propertyNames());
    node.forEach(child -> collect(child, names));
  }
}
