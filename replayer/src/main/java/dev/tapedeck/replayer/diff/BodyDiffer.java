// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.markup.HtmlReader;
import dev.tapedeck.replayer.markup.MarkupNode;
import dev.tapedeck.replayer.markup.XmlReader;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

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

  /** Returns the differences, for reports, of two bodies of one type. */
  List<Difference> compare(MediaType type, Bytes baseline, Bytes actual) {
    return compare(type, type, ByteRope.of(baseline), ByteRope.of(actual)).stream()
        .map(Mismatch::difference)
        .toList();
  }

  /**
   * Returns the differences of two bodies that are not the same bytes.
   *
   * @param type as recorded
   * @param typeNow of the same name
   */
  List<Mismatch> compare(MediaType type, MediaType typeNow, ByteRope baseline, ByteRope actual) {
    if (!type.isText()) {
      return compareBytes(baseline, actual);
    }
    Bytes before = baseline.toBytes();
    Bytes now = actual.toBytes();
    if (type.isJson() || type.isJsonLines()) {
      JsonNode document = parse(type, before).document();
      if (document != null) {
        return compareJson(document, type, before, now);
      }
    } else if (type.isXml()) {
      MarkupNode document = XmlReader.read(before.toArray());
      if (document != null) {
        return compareXml(document, before, now);
      }
    }
    String text = new String(before.toArray(), type.charset());
    String textNow = new String(now.toArray(), typeNow.charset());
    return type.isHtml()
        ? compareHtml(text, textNow)
        : new TextDiffer(renaming, secrets, rules).compare(text, textNow);
  }

  private List<Mismatch> compareJson(
      JsonNode baseline, MediaType type, Bytes before, Bytes actual) {
    Parsed now = parse(type, actual);
    if (now.document() == null) {
      Change change = now.cut() ? Change.TRUNCATED : Change.TYPE;
      return unreadable(
          JsonPaths.ROOT,
          DifferenceKind.JSON,
          change,
          now.cut() ? "JSON of " + before.length() + " bytes" : "JSON",
          actual.isEmpty()
              ? "empty"
              : (now.cut() ? "cut off, " : "no JSON, ") + Clip.bytes(actual));
    }
    RuleScope.Documents documents = rules.documents(baseline, now.document());
    return new JsonDiffer(
            DifferenceKind.JSON, renaming, secrets, documents.unordered(), documents.tokens())
        .compare(documents.before(), documents.now());
  }

  private static List<Mismatch> unreadable(
      String path, DifferenceKind kind, Change change, String was, String is) {
    return List.of(new Mismatch(new Difference(path, kind, change, was, is), null, null));
  }

  /**
   * What came of reading JSON.
   *
   * @param document null when there is none
   * @param cut whether it ends too early
   */
  private record Parsed(@Nullable JsonNode document, boolean cut) {
    static final Parsed NONE = new Parsed(null, false);
  }

  private static Parsed parse(MediaType type, Bytes bytes) {
    if (bytes.isEmpty()) {
      return Parsed.NONE;
    }
    try {
      if (type.isJsonLines()) {
        return new Parsed(lines(bytes), false);
      }
      JsonNode tree = JSON.readTree(bytes.toArray());
      return tree.isMissingNode() ? Parsed.NONE : new Parsed(tree, false);
    } catch (UnexpectedEndOfInputException e) {
      return new Parsed(null, true);
    } catch (JacksonException e) {
      return Parsed.NONE; // a body that is not what its type says is compared as text
    }
  }

  private static JsonNode lines(Bytes bytes) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    try (var values =
        JSON.readerFor(JsonNode.class)
            .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .<JsonNode>readValues(new ByteArrayInputStream(bytes.toArray()))) {
      values.forEachRemaining(all::add);
    }
    return all;
  }

  private List<Mismatch> compareXml(MarkupNode baseline, Bytes before, Bytes actual) {
    MarkupNode now = XmlReader.read(actual.toArray());
    if (now == null) {
      boolean cut = !actual.isEmpty() && actual.length() < before.length();
      return unreadable(
          "/",
          DifferenceKind.XML,
          cut ? Change.TRUNCATED : Change.TYPE,
          "XML of " + before.length() + " bytes",
          actual.isEmpty() ? "empty" : "no whole XML, " + Clip.bytes(actual));
    }
    return compareMarkup(DifferenceKind.XML, baseline, now);
  }

  private List<Mismatch> compareHtml(String before, String actual) {
    List<String> texts = rules.found(rules.strip(before), rules.strip(actual));
    HtmlReader.Document was = HtmlReader.read(texts.get(0));
    HtmlReader.Document is = HtmlReader.read(texts.get(1));
    if (was.closed() && !is.closed()) {
      return unreadable(
          "/",
          DifferenceKind.HTML,
          Change.TRUNCATED,
          "HTML of " + before.length() + " characters",
          "cut off after " + actual.length() + " characters");
    }
    return compareMarkup(DifferenceKind.HTML, was.root(), is.root());
  }

  private List<Mismatch> compareMarkup(DifferenceKind kind, MarkupNode before, MarkupNode now) {
    rules.markup(before, now);
    return new MarkupDiffer(kind, renaming, secrets).compare(before, now);
  }

  private static List<Mismatch> compareBytes(ByteRope baseline, ByteRope actual) {
    long offset = SameBytes.mismatch(baseline, actual);
    boolean cut = actual.length() > 0 && offset == actual.length();
    return unreadable(
        "body@" + offset,
        DifferenceKind.BYTES,
        cut ? Change.TRUNCATED : Change.VALUE,
        Clip.bytes(baseline),
        Clip.bytes(actual));
  }
}
