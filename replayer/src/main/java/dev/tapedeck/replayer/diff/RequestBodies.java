// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.rules.IgnoreRule;
import dev.tapedeck.replayer.rules.ReplayRules;
import java.util.List;

/** Says where bodies of two requests differ, as it is said of answers. */
public final class RequestBodies {
  private static final Moments NO_TIME = new Moments(0, 0);

  private RequestBodies() {}

  /**
   * Returns the differences of two bodies after content decoding.
   *
   * @param headers of the recorded request, which say what its body is
   * @param excused what may differ
   * @param includeSecrets whether credentials and tokens are shown
   */
  public static List<Difference> compare(
      HeaderFields headers,
      Bytes recorded,
      Bytes actual,
      List<IgnoreRule> excused,
      boolean includeSecrets) {
    return compare(MediaType.of(headers), recorded, actual, excused, includeSecrets);
  }

  /** Returns the differences of two messages of a WebSocket: JSON by path, other text by line. */
  public static List<Difference> compareMessages(
      Bytes recorded, Bytes actual, List<IgnoreRule> excused, boolean includeSecrets) {
    return compare(MediaType.ofText(recorded), recorded, actual, excused, includeSecrets);
  }

  private static List<Difference> compare(
      MediaType type,
      Bytes recorded,
      Bytes actual,
      List<IgnoreRule> excused,
      boolean includeSecrets) {
    ReplayRules only =
        new ReplayRules(List.of(), excused, List.of(), List.of(), List.of(), List.of());
    RuleScope rules = new RuleScope(only, "", "/", NO_TIME);
    return new BodyDiffer(Renaming.NONE, new Secrets(includeSecrets), rules)
        .compare(type, recorded, actual);
  }
}
