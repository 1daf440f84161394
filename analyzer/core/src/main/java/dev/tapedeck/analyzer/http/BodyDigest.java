// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.StreamMessage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Digests of bodies, which stand for their content where that would be too much. */
public final class BodyDigest {
  private BodyDigest() {}

  /** Returns the SHA-256 of the decoded body in hexadecimal digits; null unless it is whole. */
  public static @Nullable String sha256(HttpMessage message) {
    return isWhole(message) ? sha256(message.body().content()) : null;
  }

  /** Returns the SHA-256 of bytes in hexadecimal digits. */
  public static String sha256(ByteRope content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.updateDigest(digest);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Returns whether the body is known to its last byte: a digest of anything less would be that of
   * a body nobody ever sent.
   */
  public static boolean isWhole(HttpMessage message) {
    return message.completeness() == Completeness.COMPLETE && isWhole(message.body().anomalies());
  }

  /** The same of a message inside an exchange. */
  public static boolean isWhole(StreamMessage message) {
    return message.completeness() == Completeness.COMPLETE && isWhole(message.anomalies());
  }

  private static boolean isWhole(List<Anomaly> anomalies) {
    return anomalies.stream()
        .noneMatch(
            anomaly ->
                anomaly.kind() == AnomalyKind.CONTENT_CODING
                    || anomaly.kind() == AnomalyKind.LIMIT
                    || anomaly.kind() == AnomalyKind.WITHHELD
                    || anomaly.kind() == AnomalyKind.MISSING_BYTES);
  }
}
