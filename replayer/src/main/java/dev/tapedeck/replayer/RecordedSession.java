// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import java.util.List;

/**
 * A recorded connection with the exchanges of it that were selected.
 *
 * @param id the session's number as the analyzer shows it; with several captures {@code
 *     capture:number}, captures from 1
 * @param exchanges in recorded order, at least one
 */
public record RecordedSession(String id, List<RecordedExchange> exchanges) {
  public RecordedSession {
    exchanges = List.copyOf(exchanges);
    if (exchanges.isEmpty()) {
      throw new IllegalArgumentException("exchanges=[]");
    }
  }

  /** Returns a line for people: its first exchange, and how many follow. */
  public String title() {
    int more = exchanges.size() - 1;
    return exchanges.get(0).title() + (more == 0 ? "" : " and " + more + " more");
  }
}
