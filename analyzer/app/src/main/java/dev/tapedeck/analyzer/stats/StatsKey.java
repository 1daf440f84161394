// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stats;

import org.jspecify.annotations.Nullable;

/**
 * What the exchanges of a group have in common; null is what they are not put together by, or what
 * was not captured.
 *
 * @param method of the request
 * @param host that was asked for
 * @param endpoint path template
 * @param status of the answer
 * @param pid of the recorded process
 * @param comm its command name
 */
public record StatsKey(
    @Nullable String method,
    @Nullable String host,
    @Nullable String endpoint,
    @Nullable Integer status,
    @Nullable Integer pid,
    @Nullable String comm) {
  /** Exchanges of which nothing says where they belong. */
  static final StatsKey UNKNOWN = new StatsKey(null, null, null, null, null, null);
}
