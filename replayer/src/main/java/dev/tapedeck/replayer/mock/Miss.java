// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request without a recorded answer. Secrets are masked in all of it.
 *
 * @param reason why there is none
 * @param method of the request
 * @param url of the request
 * @param nearestId id of the recorded call that is most like it; null when there is none
 * @param nearestMethod its method; empty when there is none
 * @param nearestUrl its URL; empty when there is none
 * @param fields where the two differ, most telling first
 */
public record Miss(
    Reason reason,
    String method,
    String url,
    @Nullable String nearestId,
    String nearestMethod,
    String nearestUrl,
    List<Field> fields) {
  private static final int MOST_FIELDS_IN_LINE = 3;

  public Miss {
    fields = List.copyOf(fields);
  }

  /** Why there is no answer. */
  public enum Reason {
    /** Nothing was recorded of that service. */
    UNKNOWN_UPSTREAM("nothing was recorded of that service"),
    /** No recorded request is like it. */
    NO_SUCH_REQUEST("no recorded request is like it"),
    /** On a WebSocket the client said what the recorded one did not. */
    NO_SUCH_MESSAGE("the recorded client said no such thing"),
    /** It came more often than it was recorded. */
    USED_UP("it came more often than it was recorded"),
    /** The capture lacks the answer, or a part of it. */
    NO_ANSWER("the capture lacks the whole answer"),
    /** What came is no request. */
    MALFORMED_REQUEST("what came is no request of HTTP"),
    /** Client and mock could not agree on TLS. */
    TLS_FAILED("its TLS handshake failed: does the client trust the mock's CA?"),
    /** Its body is longer than the mock reads. */
    TOO_LARGE("its body is longer than the mock reads");

    private final String sentence;

    Reason(String sentence) {
      this.sentence = sentence;
    }

    /** Returns the name used in JSON. */
    public String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns it for people. */
    public String sentence() {
      return sentence;
    }
  }

  /**
   * One field that differs.
   *
   * @param path {@code method}, {@code path}, {@code query:NAME}, {@code header:NAME}, {@code
   *     form:NAME}, a JSON path, {@code body:line N}, {@code body@N} or {@code body}
   * @param recorded null when it was not there
   * @param actual null when it is not there
   */
  public record Field(String path, @Nullable String recorded, @Nullable String actual) {}

  /** Returns one that has no nearest call. */
  public static Miss of(Reason reason, String method, String url) {
    return new Miss(reason, method, url, null, "", "", List.of());
  }

  /** Returns it in one line; captured text may hold control characters. */
  public String line() {
    StringBuilder line = new StringBuilder("mock miss: ").append(method).append(' ').append(url);
    line.append(": ").append(reason.sentence());
    if (nearestId != null) {
      line.append("; nearest is ").append(nearestId);
      if (!nearestMethod.equals(method) || !nearestUrl.equals(url)) {
        line.append(' ').append(nearestMethod).append(' ').append(nearestUrl);
      }
      for (int i = 0; i < fields.size() && i < MOST_FIELDS_IN_LINE; i++) {
        Field field = fields.get(i);
        line.append(i == 0 ? ": " : ", ").append(field.path());
        line.append(" recorded ").append(shown(field.recorded()));
        line.append(" now ").append(shown(field.actual()));
      }
      if (fields.size() > MOST_FIELDS_IN_LINE) {
        line.append(" and ").append(fields.size() - MOST_FIELDS_IN_LINE).append(" more");
      }
    }
    return line.toString();
  }

  private static String shown(@Nullable String value) {
    return value == null ? "nothing" : value;
  }
}
