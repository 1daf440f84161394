// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The stories of the HPACK corpus: header blocks with the fields that they mean. */
final class HpackStories {
  /**
   * One connection's header blocks in one direction.
   *
   * @param name encoder and file
   */
  record Story(String name, List<Block> blocks) {}

  /**
   * A header block.
   *
   * @param fields names and values in turn
   */
  record Block(Bytes wire, List<String> fields) {}

  private HpackStories() {}

  static List<Story> all() throws IOException {
    Path root = Path.of(System.getProperty("tapedeck.root", "../.."));
    Path folder = root.resolve("../shared/corpora/hpack").normalize();
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(folder).as("third-party corpus, not part of the project").isDirectory();
    }
    List<Story> stories = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).sorted().toList()) {
        Path encoder = file.getName(file.getNameCount() - 2);
        stories.add(new Story(encoder + "/" + file.getFileName(), blocks(file)));
      }
    }
    return stories;
  }

  private static List<Block> blocks(Path file) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Bytes wire = Bytes.empty();
    List<String> fields = new ArrayList<>();
    try (JsonParser json =
        new JsonFactory().createParser(ObjectReadContext.empty(), Files.readAllBytes(file))) {
      boolean inHeaders = false;
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.START_ARRAY && "headers".equals(json.currentName())) {
          inHeaders = true;
          fields = new ArrayList<>();
        } else if (token == JsonToken.END_ARRAY && inHeaders) {
          inHeaders = false;
        } else if (token == JsonToken.VALUE_STRING && inHeaders) {
          fields.add(json.currentName());
          fields.add(json.getString());
        } else if (token == JsonToken.VALUE_STRING && "wire".equals(json.currentName())) {
          wire = Bytes.copyOf(HexFormat.of().parseHex(json.getString()));
        } else if (token == JsonToken.END_OBJECT && !inHeaders && !wire.isEmpty()) {
          blocks.add(new Block(wire, fields));
          wire = Bytes.empty();
        }
      }
    }
    return blocks;
  }
}
