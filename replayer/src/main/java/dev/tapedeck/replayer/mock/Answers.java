// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.HttpResponse;

/** Whether recorded answers say the same. */
final class Answers {
  private Answers() {}

  /** Returns whether status, content and kind of content are the same. */
  static boolean alike(HttpResponse one, HttpResponse other) {
    return one.status() == other.status()
        && type(one).equals(type(other))
        && one.body().content().toBytes().equals(other.body().content().toBytes());
  }

  private static String type(HttpResponse response) {
    var type = response.headers().first("content-type");
    return type == null ? "" : type.value();
  }
}
