// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.message.EventStream;

/** Tells event streams from other answers. */
public final class EventStreams {
  private EventStreams() {}

  /** Returns whether the answer says that it is an event stream. */
  public static boolean isOne(HttpResponse response) {
    HeaderField type = response.headers().first("content-type");
    return type != null && EventStream.isNamedBy(type.value());
  }
}
