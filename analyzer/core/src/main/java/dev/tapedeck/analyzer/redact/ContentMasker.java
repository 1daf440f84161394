// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Masks what is inside a message: a body after content decoding, or what a message inside an
 * exchange carries.
 *
 * <p>What says where in it secrets are has to be understood: JSON, forms. Where it cannot be, the
 * content is withheld from there on.
 */
final class ContentMasker {
  /** Larger content is withheld. */
  static final long MAX_BYTES = 1 << 28;

  private final RedactionRules rules;
  private final Predicate<String> secret;

  ContentMasker(RedactionRules rules, Predicate<String> secret) {
    this.rules = rules;
    this.secret = secret;
  }

  /**
   * Returns the content as it may be shared.
   *
   * @param type content type in lower case; empty when there is none
   * @param completeness how much of the message was captured
   */
  Body.Content mask(ByteRope content, String type, Completeness completeness, KnownSecrets known) {
    if (content.length() == 0) {
      return new Body.Content(content, List.of());
    } else if (content.length() > MAX_BYTES) {
      return withheld(Bytes.empty(), content.length(), "too large to be searched");
    }
    byte[] bytes = content.toBytes().toArray();
    Spans spans = new Spans();
    String unfit = unfit(bytes, type, completeness);
    int kept = unfit.isEmpty() ? bytes.length : 0;
    if (unfit.isEmpty()) {
      kept = structure(bytes, type, spans);
      unfit = kept < bytes.length ? "not what its type says" : "";
    }
    TextSecrets text = new TextSecrets(bytes, 0, kept, secret, spans);
    (isJsonByName(type) ? text.insideJson() : text).find(known);
    spans.mask(bytes, FixedMask.INSTANCE);
    Bytes masked = Bytes.wrap(bytes, 0, kept);
    return kept < bytes.length
        ? withheld(masked, bytes.length - kept, unfit)
        : new Body.Content(ByteRope.of(masked), List.of());
  }

  private static Body.Content withheld(Bytes kept, long count, String why) {
    return new Body.Content(
        ByteRope.of(kept), List.of(new Anomaly(AnomalyKind.WITHHELD, count + " bytes: " + why)));
  }

  /** Returns why nothing of it can be understood; empty when it can. */
  private static String unfit(byte[] bytes, String type, Completeness completeness) {
    if (type.startsWith("image/") || type.startsWith("audio/") || type.startsWith("video/")) {
      return "";
    } else if (isWide(bytes, type)) {
      return "in a charset that is not searched";
    }
    boolean holes =
        completeness != Completeness.COMPLETE && completeness != Completeness.TRUNCATED_END;
    return holes && (isJson(bytes, type) || type.contains("form"))
        ? "bytes in its middle were not captured"
        : "";
  }

  /** Text of more than one byte a character hides names and values. */
  private static boolean isWide(byte[] bytes, String type) {
    int first = bytes[0] & 0xff;
    int second = bytes.length > 1 ? bytes[1] & 0xff : -1;
    boolean marked = (first == 0xff && second == 0xfe) || (first == 0xfe && second == 0xff);
    boolean zeros = first != 0 && second == 0 && bytes.length > 3 && bytes[3] == 0;
    return type.contains("utf-16")
        || type.contains("utf-32")
        || type.contains("ucs-2")
        || marked
        || (zeros && (type.isEmpty() || type.contains("json") || type.startsWith("text/")));
  }

  /** Adds what is secret by its place; returns up to where the content could be understood. */
  private int structure(byte[] bytes, String type, Spans spans) {
    if (type.startsWith("multipart/")) {
      boolean plain = MultipartSecrets.isForm(type);
      return plain && MultipartSecrets.find(rules, type, bytes, spans) ? bytes.length : 0;
    } else if (type.startsWith("text/event-stream")) {
      lines(bytes, spans);
    } else if (isJson(bytes, type)) {
      int understood = JsonSecrets.findPrefix(rules, bytes, spans);
      return isJsonByName(type) ? understood : bytes.length;
    } else if (type.isEmpty() || type.contains("form-urlencoded")) {
      Parameters.find(bytes, 0, bytes.length, secret, spans);
    }
    return bytes.length;
  }

  private static boolean isJson(byte[] bytes, String type) {
    return isJsonByName(type) || BodySecrets.looksLikeJson(bytes);
  }

  private static boolean isJsonByName(String type) {
    return type.contains("json");
  }

  /**
   * The data of events is often JSON (HTML Living Standard, section 9.2.6); ids and comments may
   * hold anything, too.
   */
  private void lines(byte[] bytes, Spans spans) {
    int start = 0;
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
        end++;
      }
      int colon = start;
      while (colon < end && bytes[colon] != ':') {
        colon++;
      }
      int data = Math.min(colon + 1, end);
      byte[] line = Arrays.copyOfRange(bytes, data, end);
      Spans found = new Spans();
      JsonSecrets.findPrefix(rules, line, found);
      int blank = line.length > 0 && line[0] == ' ' ? 1 : 0;
      Parameters.find(line, blank, line.length, secret, found);
      System.arraycopy(line, 0, bytes, data, line.length);
      spans.addAll(found, data);
      start = end + 1;
    }
  }

  /** Returns anomalies with those of masking. */
  static List<Anomaly> with(List<Anomaly> anomalies, List<Anomaly> more) {
    List<Anomaly> all = new ArrayList<>(anomalies);
    all.addAll(more);
    return all;
  }
}
