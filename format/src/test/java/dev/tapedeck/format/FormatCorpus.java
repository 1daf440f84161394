// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes the captures of the format's conformance corpus, {@code samples/captures/format}: the same
 * bytes every time, for ids, clocks and content are fixed.
 */
public final class FormatCorpus {
  private FormatCorpus() {}

  /**
   * One capture of the corpus.
   *
   * @param group {@code valid} or {@code fault}: its folder
   * @param name its folder in that
   * @param purpose what a reader must show with it, in one sentence
   * @param capture the file
   */
  public record Case(String group, String name, String purpose, Bytes capture) {}

  /** Returns all cases. */
  public static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    Sink valid =
        (name, purpose, capture) -> cases.add(new Case("valid", name, purpose, wrap(capture)));
    ValidCaptures.forEach(valid);
    CopiedCaptures.valid(valid);
    Sink faults =
        (name, purpose, capture) -> cases.add(new Case("fault", name, purpose, wrap(capture)));
    DamagedCaptures.forEach(faults);
    CopiedCaptures.faults(faults);
    LyingCaptures.forEach(faults);
    RefusedCaptures.forEach(faults);
    return cases;
  }

  private static Bytes wrap(byte[] capture) {
    return Bytes.wrap(capture, 0, capture.length);
  }

  /** Takes the cases of one family. */
  interface Sink {
    void add(String name, String purpose, byte[] capture);
  }
}
