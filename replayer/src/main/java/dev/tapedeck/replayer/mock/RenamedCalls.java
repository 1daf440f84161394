// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Finds the calls that a request is like up to names.
 *
 * <p><b>Threads:</b> confined by its owner.
 */
final class RenamedCalls {
  private final Names names;
  private final CallTexts texts;

  RenamedCalls(Names names, CallTexts texts) {
    this.names = names;
    this.texts = texts;
  }

  /** Returns the calls of some that are like a request up to names that are known. */
  Map<RecordedCall, Map<String, String>> known(List<RecordedCall> calls, RequestCanon now) {
    return find(calls, now, call -> names.known());
  }

  /** The same with values that the service made up anew. */
  Map<RecordedCall, Map<String, String>> madeUp(List<RecordedCall> calls, RequestCanon now) {
    return find(calls, now, names::guessing);
  }

  /** The same of a service that began anew. */
  Map<RecordedCall, Map<String, String>> again(List<RecordedCall> calls, RequestCanon now) {
    return find(calls, now, names::again);
  }

  private Map<RecordedCall, Map<String, String>> find(
      List<RecordedCall> calls, RequestCanon now, Function<RecordedCall, Names.Comparison> begin) {
    Map<RecordedCall, Map<String, String>> found = new LinkedHashMap<>();
    for (RecordedCall call : calls) {
      if (call.canon().method().equals(now.method())) {
        Names.Comparison comparison = begin.apply(call);
        if (isLike(call, now, comparison)) {
          found.put(call, comparison.found());
        }
      }
    }
    return found;
  }

  /** Returns whether a request is like a call up to what a comparison allows. */
  boolean isLike(RecordedCall call, RequestCanon now, Names.Comparison comparison) {
    RequestCanon recorded = call.canon();
    if (!recorded.method().equals(now.method())
        || !recorded.body().kind().equals(now.body().kind())
        || recorded.query().size() != now.query().size()
        || !comparison.same(recorded.path(), now.path())
        || !comparison.same(RequestCanon.text(recorded.query()), RequestCanon.text(now.query()))
        || !comparison.same(
            RequestCanon.text(recorded.body().pairs()), RequestCanon.text(now.body().pairs()))) {
      return false;
    }
    for (Map.Entry<String, String> field : now.fields().entrySet()) {
      if (!comparison.same(recorded.fields().getOrDefault(field.getKey(), ""), field.getValue())) {
        return false;
      }
    }
    String body = now.body().text();
    boolean asRecorded = recorded.body().equals(now.digested().body());
    return comparison.same(asRecorded ? body : texts.body(call), body);
  }
}
