// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Bytes;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Fields of HTTP/2 as the analyzer has them. */
public final class Http2Fields {
  private Http2Fields() {}

  /** Returns the fields in their order, without the pseudo-header fields. */
  public static HeaderFields of(Http2Headers headers) {
    ByteArrayOutputStream section = new ByteArrayOutputStream();
    int[] spans = new int[headers.size() * 4];
    int at = 0;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      // RFC 9113, section 8.3: pseudo-header fields are no header fields.
      if (field.getKey().isEmpty() || field.getKey().charAt(0) != ':') {
        at = add(section, field.getKey(), spans, at);
        at = add(section, field.getValue(), spans, at);
      }
    }
    return HeaderFields.ofSpans(Bytes.copyOf(section.toByteArray()), spans, at);
  }

  private static int add(ByteArrayOutputStream section, CharSequence text, int[] spans, int at) {
    spans[at] = section.size();
    section.writeBytes(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    spans[at + 1] = section.size();
    return at + 2;
  }
}
