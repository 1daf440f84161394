// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import java.util.ArrayList;
import java.util.List;

/** Makes the bodies of HTTP/2 messages. */
final class Http2Bodies {
  private final AnalyzerOptions options;
  private final boolean decode;
  private final ContentDecoder decoder;

  Http2Bodies(AnalyzerOptions options) {
    this.options = options;
    this.decode = options.decodeContent();
    this.decoder = new ContentDecoder(options);
  }

  AnalyzerOptions options() {
    return options;
  }

  ContentDecoder decoder() {
    return decoder;
  }

  Body body(ByteRope framed, ByteRope wire, long intactWireBytes, HeaderFields headers) {
    ByteRope content = wire;
    List<Anomaly> anomalies = List.of();
    List<String> codings = new ArrayList<>(0);
    if (decode && wire.length() > 0) {
      for (HeaderField field : headers.all("content-encoding")) {
        codings.add(field.value());
      }
    }
    if (!codings.isEmpty()) {
      ContentDecoder.Decoded decoded = decoder.decode(wire, intactWireBytes, codings);
      content = decoded.content();
      anomalies = decoded.anomalies();
    }
    return new Body(Body.Framing.FRAMES, framed, wire, content, anomalies);
  }
}
