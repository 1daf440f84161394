// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.http.ContentDecoder;
import dev.tapedeck.format.Bytes;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A body as an export of this project tells it: bytes of the length that it had on the wire, which
 * decode to the content that the archive shows.
 *
 * @param wire after transfer decoding
 * @param intactBytes how many of them lie before what is missing, if anything is
 */
record RecordedBody(Bytes wire, long intactBytes) {
  private static final ContentDecoder DECODER =
      new ContentDecoder(AnalyzerOptions.newBuilder().build());

  /**
   * What the archive says of a body.
   *
   * @param content as shown
   * @param wireLength before content decoding
   * @param codings values of the fields that name them, in the order in which they were applied
   * @param coded the bytes on the wire; null when the archive does not hold them
   * @param isComplete whether the message was captured whole
   * @param isDamaged whether it could not be decoded as it says
   * @param withheldBytes how many bytes of the content are not shown, because they may be secret
   */
  record Told(
      Bytes content,
      long wireLength,
      List<String> codings,
      @Nullable Bytes coded,
      boolean isComplete,
      boolean isDamaged,
      long withheldBytes) {
    private boolean isResult(Bytes bytes, long intactBytes) {
      ContentDecoder.Decoded decoded = decode(bytes, intactBytes);
      return startsWith(decoded.content().toBytes(), content)
          && decoded.content().length() == content.length() + withheldBytes
          && (!isComplete || withheldBytes > 0 || isDamaged == hasFailed(decoded.anomalies()));
    }

    private ContentDecoder.Decoded decode(Bytes bytes, long intactBytes) {
      return DECODER.decode(ByteRope.of(bytes), intactBytes, codings);
    }

    private boolean isFit(Bytes bytes) {
      return bytes.length() == wireLength
          && isResult(bytes, isComplete ? Long.MAX_VALUE : bytes.length());
    }

    /** Returns whether these bytes are shown as they are, whatever their codings are called. */
    private boolean isAsSent(Bytes bytes) {
      return decode(bytes, Long.MAX_VALUE).content().toBytes().equals(bytes);
    }

    /** Returns the content with something in place of what is not shown. */
    private Bytes filled() {
      if (withheldBytes == 0) {
        return content;
      }
      int length = (int) Math.min(Integer.MAX_VALUE - 16, content.length() + withheldBytes);
      byte[] filled = Arrays.copyOf(content.toArray(), length);
      if (content.isEmpty() && length > 1) {
        // The byte order mark of UTF-16, whose text is withheld again.
        filled[0] = (byte) 0xff;
        filled[1] = (byte) 0xfe;
      }
      return Bytes.wrap(filled, 0, length);
    }
  }

  private static boolean startsWith(Bytes bytes, Bytes beginning) {
    return bytes.length() >= beginning.length()
        && bytes.slice(0, beginning.length()).equals(beginning);
  }

  private static boolean hasFailed(List<Anomaly> anomalies) {
    return anomalies.stream()
        .anyMatch(
            anomaly ->
                anomaly.kind() == AnomalyKind.CONTENT_CODING
                    || anomaly.kind() == AnomalyKind.LIMIT);
  }

  /** Returns the body; null when there is none that is as the archive says. */
  static @Nullable RecordedBody of(Told told) {
    Bytes filled = told.filled();
    if (told.codings().isEmpty()) {
      return filled.length() == told.wireLength() ? whole(filled) : null;
    }
    Bytes coded = told.coded();
    if (coded != null && coded.length() == told.wireLength()) {
      long intact = told.isFit(coded) ? coded.length() : intactBytes(told, coded);
      if (intact >= 0) {
        return new RecordedBody(coded, intact);
      }
    }
    if (filled.length() == told.wireLength() && told.isAsSent(filled)) {
      return whole(filled);
    }
    List<byte[]> candidates =
        ContentEncoder.candidates(filled.toArray(), told.codings(), told.wireLength());
    for (byte[] candidate : candidates) {
      Bytes bytes = Bytes.wrap(candidate, 0, candidate.length);
      if (told.isFit(bytes)) {
        return whole(bytes);
      }
    }
    return null;
  }

  private static RecordedBody whole(Bytes bytes) {
    return new RecordedBody(bytes, bytes.length());
  }

  /** Finds where bytes are missing: what lies before decodes to the content. Returns −1 if not. */
  private static long intactBytes(Told told, Bytes coded) {
    if (told.isComplete()) {
      return -1;
    }
    int low = 0;
    int high = coded.length();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (told.decode(coded, middle).content().length() < told.content().length()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return told.isResult(coded, low) ? low : -1;
  }
}
