// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a recorded request as they are sent again: as recorded, with the value of the Host
 * field spliced.
 */
final class RequestBytes {
  private RequestBytes() {}

  /**
   * Returns the runs to send, in order.
   *
   * @param host the new Host value; null keeps the recorded one
   */
  static List<Bytes> of(HttpRequest request, @Nullable String host) {
    List<Bytes> runs = new ArrayList<>();
    Bytes head = request.head();
    int from = 0;
    if (host != null) {
      Bytes value = Bytes.latin1(host);
      for (HeaderField field : request.headers().all("host")) {
        runs.add(head.slice(from, field.valueOffset()));
        runs.add(value);
        from = field.valueEnd();
      }
    }
    runs.add(head.slice(from, head.length()));
    runs.addAll(request.body().framed().segments());
    return List.copyOf(runs);
  }

  /** Returns how many bytes the runs have together. */
  static long lengthBytes(List<Bytes> runs) {
    long sum = 0;
    for (Bytes run : runs) {
      sum += run.length();
    }
    return sum;
  }
}
