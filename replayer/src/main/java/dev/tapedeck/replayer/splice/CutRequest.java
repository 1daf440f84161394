// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Bytes;
import java.util.List;

/** Requests of which the capture lacks a part. */
public final class CutRequest {
  private static final int FRAME_HEADER_BYTES = 9;

  // RFC 9113, sections 6.2 and 6.10.
  private static final int HEADERS = 1;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 0x4;

  private CutRequest() {}

  /**
   * Returns whether the head is whole, so that the request can be sent with what there is of its
   * body: what was lost is left out, and Content-Length, the chunks or the frames say so.
   *
   * @param request with its body
   */
  public static boolean isSendable(HttpRequest request) {
    if (!isCut(request)) {
      return true;
    }
    if (request.version().equals(Http2Head.VERSION)) {
      return isWholeHead(request.head()) && areFieldsKnown(request);
    }
    return switch (request.completeness()) {
      case COMPLETE -> true;
      case TRUNCATED_START -> false;
      // Nothing is known to be missing in front of the end, and the body had begun.
      case TRUNCATED_END, RECORDER_CAP -> hasLength(request) || isChunked(request);
      case GAP -> hasLength(request) && missesInBodyOnly(request);
    };
  }

  /** Returns whether the capture lacks a part of the request. */
  public static boolean isCut(HttpRequest request) {
    return request.completeness() != Completeness.COMPLETE;
  }

  private static boolean isChunked(HttpRequest request) {
    return request.body().framing() == Body.Framing.CHUNKED;
  }

  private static boolean hasLength(HttpRequest request) {
    return request.body().framing() == Body.Framing.CONTENT_LENGTH && length(request) >= 0;
  }

  /** All bytes that were lost have to be bytes that the body lacks: the head has all of its own. */
  private static boolean missesInBodyOnly(HttpRequest request) {
    long lost = 0;
    for (Anomaly anomaly : request.anomalies()) {
      if (anomaly.kind() == AnomalyKind.MISSING_BYTES) {
        if (!anomaly.detail().matches("[0-9]{1,18}")) {
          return false;
        }
        lost += Long.parseLong(anomaly.detail());
      }
    }
    return lost > 0 && lost == length(request) - request.body().wire().length();
  }

  private static long length(HttpRequest request) {
    List<HeaderField> fields = request.headers().all("content-length");
    String value = fields.size() == 1 ? fields.get(0).value().strip() : "";
    return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
  }

  /** In a connection joined late fields may refer to what was sent before (RFC 7541). */
  private static boolean areFieldsKnown(HttpRequest request) {
    return !request.method().isEmpty()
        && !request.target().isEmpty()
        && request.headers().withPseudoFields().isKnown()
        && request.trailers().isKnown()
        && request.anomalies().stream().noneMatch(one -> one.kind() == AnomalyKind.HPACK);
  }

  /** The frames of a head have all bytes of theirs, and the last one says that it is the last. */
  private static boolean isWholeHead(Bytes frames) {
    int at = 0;
    boolean ended = false;
    while (!ended && at + FRAME_HEADER_BYTES <= frames.length()) {
      int type = frames.get(at + 3);
      if (type != (at == 0 ? HEADERS : CONTINUATION)) {
        return false;
      }
      ended = (frames.get(at + 4) & END_HEADERS) != 0;
      at +=
          FRAME_HEADER_BYTES
              + ((frames.get(at) & 0xff) << 16
                  | (frames.get(at + 1) & 0xff) << 8
                  | (frames.get(at + 2) & 0xff));
    }
    return ended && at == frames.length();
  }
}
