// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

import dev.tapedeck.analyzer.http.internal.h1.MessageSink.BodyEvidence;

/** Says whether bytes where a body may be are the next message. */
final class StartEvidence {
  private final MessageRules rules;
  private final StartLine probe = new StartLine();

  StartEvidence(MessageRules rules) {
    this.rules = rules;
  }

  /** Returns whether what has come of a line may be the next message's first. */
  boolean mayBeNext(byte[] bytes, int from, int to, BodyEvidence evidence) {
    return !isLineEnd(bytes[from])
        && rules.mayBecomeStart(bytes, from, to, evidence != BodyEvidence.UNLIKELY);
  }

  /**
   * Returns whether the next message begins. Of a body that is unlikely, any start line is evidence
   * enough, and empty lines before it.
   *
   * @param lineFeed index of the line's LF; negative when it has not come
   */
  boolean isNext(byte[] bytes, int from, int lineFeed, BodyEvidence evidence) {
    if (evidence == BodyEvidence.UNLIKELY && isLineEnd(bytes[from])) {
      return true;
    }
    return lineFeed >= 0
        && mayBeNext(bytes, from, lineFeed, evidence)
        && rules.readStartLine(probe, bytes, from, lineFeed) == StartLine.Reading.VERSIONED
        && (evidence == BodyEvidence.UNLIKELY || rules.isStrict(probe, bytes, from));
  }

  private static boolean isLineEnd(byte b) {
    return b == '\r' || b == '\n';
  }
}
