// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the entries of an HTTP Archive one by one.
 *
 * <p>Source: HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/).
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the caller closes the stream.
 * <b>Limits:</b> a string has at most {@value #MAX_STRING_CHARACTERS} characters, values are nested
 * {@value #MAX_DEPTH} deep at most; one entry at a time is in memory.
 */
final class HarReader {
  static final int MAX_STRING_CHARACTERS = 512 << 20;
  static final int MAX_DEPTH = 200;

  private static final String ENTRIES = "log.entries";

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING_CHARACTERS)
                  .build())
          .build();

  private final JsonParser json;
  private String path = "$";
  private int index = -1;
  private boolean isEmpty;

  /**
   * Reads up to the first entry.
   *
   * @throws HarFormatException when there are no entries, or the file is not JSON
   */
  HarReader(InputStream in) throws IOException {
    json = parse(() -> FACTORY.createParser(ObjectReadContext.empty(), in));
    if (!parse(this::findEntries)) {
      throw new HarFormatException(ENTRIES, "is missing, or no list");
    }
  }

  /** A step that may find out that the file is not JSON. */
  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> T parse(Step<T> step) throws IOException {
    try {
      return step.run();
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      HarFormatException failure =
          new HarFormatException(
              path
                  + (at == null
                      ? ""
                      : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"),
              "is not JSON, or exceeds a limit");
      failure.initCause(e);
      throw failure;
    }
  }

  private boolean findEntries() throws HarFormatException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new HarFormatException("$", "is no object");
    }
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean found = json.currentName().equals("log");
      if (json.nextToken() == JsonToken.START_OBJECT && found) {
        path = "log";
        return findEntriesOfLog();
      }
      json.skipChildren();
    }
    return false;
  }

  /** Moves into the list of entries; an archive of pages alone, which loaded nothing, has none. */
  private boolean findEntriesOfLog() {
    boolean archive = false;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("entries")) {
        path = ENTRIES;
        return value == JsonToken.START_ARRAY;
      }
      archive |= name.equals("pages") && value == JsonToken.START_ARRAY;
      json.skipChildren();
    }
    isEmpty = archive && json.currentToken() == JsonToken.END_OBJECT;
    return isEmpty;
  }

  /** Returns the next entry; null after the last one. */
  @Nullable HarNode next() throws IOException {
    if (isEmpty) {
      finish(1);
      return null;
    }
    path = ENTRIES + "[" + (index + 1) + "]";
    JsonToken token = parse(() -> existing(json.nextToken()));
    if (token == JsonToken.END_ARRAY) {
      finish(2);
      return null;
    }
    index++;
    HarNode entry = parse(() -> new HarNode(path, value(token)));
    if (!entry.isObject()) {
      throw new HarFormatException(path, "is no object");
    }
    return entry;
  }

  /**
   * What follows the entries must still be JSON, or the file was cut.
   *
   * @param objects how many are open
   */
  private void finish(int objects) throws IOException {
    path = "log";
    boolean whole =
        parse(
            () -> {
              JsonToken token = json.nextToken();
              int open = objects;
              while (token != null && open > 0) {
                open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                token = open > 0 ? json.nextToken() : token;
              }
              return open == 0;
            });
    if (!whole) {
      throw new HarFormatException(path, "the file ends before its end");
    }
  }

  private @Nullable Object value(JsonToken token) throws HarFormatException {
    switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        JsonToken next = json.nextToken();
        while (next == JsonToken.PROPERTY_NAME) {
          String name = json.currentName();
          map.put(name, value(existing(json.nextToken())));
          next = json.nextToken();
        }
        existing(next);
        return map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        JsonToken next = existing(json.nextToken());
        while (next != JsonToken.END_ARRAY) {
          list.add(value(next));
          next = existing(json.nextToken());
        }
        return list;
      }
      case VALUE_STRING -> {
        return json.getString();
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        return json.getDecimalValue();
      }
      case VALUE_TRUE -> {
        return true;
      }
      case VALUE_FALSE -> {
        return false;
      }
      default -> {
        return null;
      }
    }
  }

  private JsonToken existing(@Nullable JsonToken token) throws HarFormatException {
    if (token == null) {
      throw new HarFormatException(path, "the file ends here");
    }
    return token;
  }
}
