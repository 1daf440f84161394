// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.http.AnswerReader;
import dev.tapedeck.format.Bytes;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts an HTTP/2 answer together. Confined to one thread. */
final class Http2Answer {
  private static final int FIRST_FINAL_STATUS = 200;

  private final List<Bytes> body = new ArrayList<>();
  private @Nullable HeaderFields head;
  private HeaderFields trailers = HeaderFields.NONE;
  private int status;
  private int interim;
  private long lengthBytes;

  /** Takes interim heads, the head and trailers; returns false for what is no answer. */
  boolean headers(Http2Headers headers) {
    if (head != null) {
      trailers = Http2Fields.of(headers);
      return true;
    }
    CharSequence text = headers.status();
    if (text == null || !text.toString().matches("[1-9][0-9]{2}")) {
      return false;
    }
    int number = Integer.parseInt(text.toString());
    if (number >= FIRST_FINAL_STATUS) {
      status = number;
      head = Http2Fields.of(headers);
    } else {
      interim++;
    }
    return interim <= AnswerReader.MAX_INTERIM;
  }

  void data(Bytes bytes) {
    if (!bytes.isEmpty()) {
      body.add(bytes);
      lengthBytes += bytes.length();
    }
  }

  long lengthBytes() {
    return lengthBytes;
  }

  /** Returns the answer; null when it has no head. */
  @Nullable HttpResponse build(Completeness completeness) {
    if (head == null) {
      return null;
    }
    ByteRope rope = new ByteRope(body);
    return new HttpResponse(
        status,
        "",
        "HTTP/2",
        Bytes.empty(),
        head,
        trailers,
        body.isEmpty() ? Body.NONE : Body.plain(Body.Framing.FRAMES, rope, rope),
        new MessageSpan(0, lengthBytes, 0, 0),
        completeness,
        List.of());
  }
}
