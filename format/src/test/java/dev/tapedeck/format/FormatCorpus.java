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
   * @param secretKey age identity with which it is to be read; empty for none
   */
  public record Case(String group, String name, String purpose, Bytes capture, String secretKey) {}

  /** Returns all cases. */
  public static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    EncryptedCaptures.Sink valid = into(cases, "valid");
    ValidCaptures.forEach(withoutKey(valid));
    CopiedCaptures.valid(withoutKey(valid));
    EncryptedCaptures.valid(valid);
    EncryptedCaptures.Sink faults = into(cases, "fault");
    DamagedCaptures.forEach(withoutKey(faults));
    CopiedCaptures.faults(withoutKey(faults));
    LyingCaptures.forEach(withoutKey(faults));
    RefusedCaptures.forEach(withoutKey(faults));
    EncryptedCaptures.faults(faults);
    return cases;
  }

  private static EncryptedCaptures.Sink into(List<Case> cases, String group) {
    return (name, purpose, capture, secretKey) ->
        cases.add(
            new Case(group, name, purpose, Bytes.wrap(capture, 0, capture.length), secretKey));
  }

  private static Sink withoutKey(EncryptedCaptures.Sink sink) {
    return (name, purpose, capture) -> sink.add(name, purpose, capture, "");
  }

  /** Takes the cases of one family. */
  interface Sink {
    void add(String name, String purpose, byte[] capture);
  }
}
