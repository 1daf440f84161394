// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.format.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares decoded bodies as what their recorded media type says they are. */
final class BodyDiffer {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Renaming renaming;
  private final Secrets secrets;
  private final RuleScope rules;

  BodyDiffer(Renaming renaming, Secrets secrets, RuleScope rules) {
    this.renaming = renaming;
    this.secrets = secrets;
    this.rules = rules;
  }

  /** Returns the differences of two bodies that are not the same bytes. */
  List<Difference> compare(MediaType type, Bytes baseline, Bytes actual) {
    if (type.isJson()) {
      JsonNode before = json(baseline);
      if (before != null) {
        return compareJson(before, actual);
      }
    }
    return type.isText() ? compareText(type, baseline, actual) : compareBytes(baseline, actual);
  }

  private List<Difference> compareJson(JsonNode baseline, Bytes actual) {
    JsonNode now = json(actual);
    if (now == null) {
      return List.of(
          new Difference(
              JsonPaths.ROOT,
              DifferenceKind.JSON,
              Change.TYPE,
              "JSON",
              actual.isEmpty() ? "empty" : "no JSON, " + Clip.bytes(actual)));
    }
    rules.prune(baseline, now);
    return new JsonDiffer(renaming, secrets).compare(baseline, now);
  }

  private static @Nullable JsonNode json(Bytes bytes) {
    if (bytes.isEmpty()) {
      return null;
    }
    try {
      JsonNode tree = JSON.readTree(bytes.toArray());
      return tree.isMissingNode() ? null : tree;
    } catch (JacksonException e) {
      return null; // a body that is not what its type says is compared as text
    }
  }

  private List<Difference> compareText(MediaType type, Bytes baseline, Bytes actual) {
    String before = rules.strip(new String(baseline.toArray(), type.charset()));
    String now = rules.strip(new String(actual.toArray(), type.charset()));
    if (renaming.same(before, now)) {
      return List.of();
    }
    String[] linesBefore = before.split("\n", -1);
    String[] linesNow = now.split("\n", -1);
    int line = 0;
    while (line < linesBefore.length
        && line < linesNow.length
        && renaming.same(linesBefore[line], linesNow[line])) {
      line++;
    }
    return List.of(
        new Difference(
            "body:line " + (line + 1),
            DifferenceKind.TEXT,
            Change.VALUE,
            line < linesBefore.length ? Clip.text(linesBefore[line]) : null,
            line < linesNow.length ? Clip.text(linesNow[line]) : null));
  }

  private static List<Difference> compareBytes(Bytes baseline, Bytes actual) {
    int offset = baseline.asBuffer().mismatch(actual.asBuffer());
    return List.of(
        new Difference(
            "body@" + offset,
            DifferenceKind.BYTES,
            Change.VALUE,
            Clip.bytes(baseline),
            Clip.bytes(actual)));
  }
}
