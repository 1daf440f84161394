// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.http.internal.content.Coding;
import dev.tapedeck.analyzer.http.internal.content.Decoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Undoes content codings (RFC 9110, section 8.4.1; RFC 7932; RFC 8878).
 *
 * <p>As browsers do, labels are read leniently, and bytes that show another wrapping of deflate
 * data than their label says are decoded all the same. Damage keeps the prefix that could be
 * decoded; bytes that are not coded at all are kept as they were before that coding was to be
 * undone. All of these are anomalies. Growth is bounded by {@link
 * AnalyzerOptions#maxDecodedBytes()} and {@link AnalyzerOptions#maxDecodedRatio()}.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class ContentDecoder {
  private static final int MAX_CODINGS = 8;

  private final long maxDecodedBytes;
  private final int maxDecodedRatio;

  /** Makes a decoder with an analysis's bounds. */
  public ContentDecoder(AnalyzerOptions options) {
    maxDecodedBytes = options.maxDecodedBytes();
    maxDecodedRatio = options.maxDecodedRatio();
  }

  /**
   * What decoding gave.
   *
   * @param content the decoded bytes, or the bytes as they were
   * @param anomalies what was wrong
   */
  public record Decoded(ByteRope content, List<Anomaly> anomalies) {}

  /**
   * Undoes codings.
   *
   * @param wire the coded bytes
   * @param intactBytes how many of them lie before the first missing byte; only these are decoded
   * @param codings values of the Content-Encoding fields, in the order in which they were applied
   */
  public Decoded decode(ByteRope wire, long intactBytes, List<String> codings) {
    List<String> names = names(codings);
    if (names.isEmpty() || wire.segments().isEmpty()) {
      return new Decoded(wire, List.of());
    }
    List<Anomaly> anomalies = new ArrayList<>();
    if (names.size() > MAX_CODINGS) {
      anomalies.add(new Anomaly(AnomalyKind.LIMIT, "codings=" + names.size()));
      return new Decoded(wire, anomalies);
    }
    ByteRope content = wire;
    long intact = intactBytes;
    for (int i = names.size() - 1; i >= 0; i--) {
      ByteRope decoded = one(names.get(i), content, intact, anomalies);
      if (decoded == null) {
        return new Decoded(content, anomalies);
      }
      content = decoded;
      intact = Long.MAX_VALUE;
    }
    return new Decoded(content, anomalies);
  }

  private static List<String> names(List<String> codings) {
    List<String> names = new ArrayList<>(codings.size());
    for (String field : codings) {
      for (String word : field.split(",", -1)) {
        String name = word.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !name.equals("identity")) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private @Nullable ByteRope one(
      String label, ByteRope coded, long intactBytes, List<Anomaly> anomalies) {
    Coding named = Coding.named(label);
    if (named == Coding.UNKNOWN) {
      anomalies.add(new Anomaly(AnomalyKind.CONTENT_CODING, "unknown"));
      return null;
    }
    for (Coding candidate : Coding.candidates(named, coded)) {
      Decoding decoding = new Decoding(coded.length(), maxDecodedBytes, maxDecodedRatio);
      candidate.undo(coded, intactBytes, decoding);
      boolean empty = decoding.length() == 0 && !decoding.anomalies().isEmpty();
      if (empty || (decoding.isFailed() && !candidate.isCalled(named))) {
        continue;
      }
      if (!candidate.isCalled(named)) {
        anomalies.add(
            new Anomaly(AnomalyKind.CODING_FORM, named.label() + " label on " + candidate.label()));
      } else if (!named.isWritten(label)) {
        anomalies.add(new Anomaly(AnomalyKind.CODING_FORM, "label read as " + named.label()));
      }
      anomalies.addAll(decoding.anomalies());
      return decoding.content();
    }
    anomalies.add(new Anomaly(AnomalyKind.CONTENT_CODING, "not " + named.label()));
    return null;
  }
}
