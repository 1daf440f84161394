// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.replayer.rules.ReplayRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compares an answer with the recorded one.
 *
 * <p>One cause gives one difference: another status is reported alone, another media type without
 * the body, and fields that are computed from the body (ETag, Last-Modified, digests) only when the
 * body is the same. Bodies compare after transfer and content decoding.
 *
 * <p><b>Threads:</b> any.
 */
public final class AnswerComparator {
  private static final Set<String> DERIVED_FROM_BODY =
      Set.of(
          "header:etag",
          "header:last-modified",
          "header:content-md5",
          "header:content-digest",
          "header:repr-digest",
          "header:digest",
          "header:content-range");

  private final ComparatorOptions options;
  private final Secrets secrets;
  private final ReplayRules allRules;

  /** Creates a comparator. */
  public AnswerComparator(ComparatorOptions options) {
    this.options = options;
    this.allRules = options.all();
    this.secrets = new Secrets(options.includeSecrets());
  }

  /**
   * Returns whether the answer is beyond doubt the recorded one: the same bytes, but for the value
   * of Date. Cheap: no text is made of anything.
   */
  public boolean sameBytes(HttpResponse baseline, HttpResponse actual) {
    return baseline.completeness() == Completeness.COMPLETE
        && SameBytes.heads(baseline.head(), actual.head())
        && SameBytes.ropes(baseline.body().framed(), actual.body().framed());
  }

  /**
   * Returns what differs.
   *
   * @param method of the request
   * @param target of the request, for rules
   * @param renaming what was rewritten in the request
   * @param moments when they came
   * @param baseline as recorded, with a readable head
   * @param actual a complete answer
   */
  public Comparison compare(
      String method,
      String target,
      Renaming renaming,
      Moments moments,
      HttpResponse baseline,
      HttpResponse actual) {
    Found found = find(method, target, renaming, moments, baseline, actual);
    return new Comparison(
        found.mismatches().stream().map(Mismatch::difference).toList(),
        found.notes(),
        found.excused());
  }

  /**
   * What differs, with the values as they came.
   *
   * @param mismatches none when the answers are equal
   * @param notes what was not compared and why
   * @param excused how many mismatches the rules excused
   */
  public record Found(List<Mismatch> mismatches, List<String> notes, int excused) {}

  /** As {@link #compare}, with the values as they came. */
  public Found find(
      String method,
      String target,
      Renaming renaming,
      Moments moments,
      HttpResponse baseline,
      HttpResponse actual) {
    if (baseline.status() != actual.status()) {
      Difference status =
          new Difference(
              "status",
              DifferenceKind.STATUS,
              Change.VALUE,
              Integer.toString(baseline.status()),
              Integer.toString(actual.status()));
      return new Found(
          List.of(new Mismatch(status, null, null)),
          List.of("headers_not_compared: status differs", "body_not_compared: status differs"),
          0);
    }
    RuleScope rules = new RuleScope(allRules, method, target, moments);
    List<String> notes = new ArrayList<>();
    List<Mismatch> fields =
        new HeaderDiffer("header:", renaming, secrets, rules)
            .compare(baseline.headers(), actual.headers());
    List<Mismatch> bodies = compareBodies(rules, renaming, baseline, actual, fields, notes);
    List<Mismatch> all = new ArrayList<>(fields);
    if (!bodies.isEmpty()
        && all.removeIf(field -> DERIVED_FROM_BODY.contains(field.difference().path()))) {
      notes.add("derived_headers_not_compared: body differs");
    }
    if (baseline.completeness() == Completeness.COMPLETE) {
      all.addAll(
          new HeaderDiffer("trailer:", renaming, secrets, rules)
              .compare(baseline.trailers(), actual.trailers()));
    }
    if (bodies.size() > options.maxDifferences()) {
      notes.add("more_differences: " + (bodies.size() - options.maxDifferences()));
      bodies = bodies.subList(0, options.maxDifferences());
    }
    all.addAll(bodies);
    return new Found(all, notes, rules.excused());
  }

  /**
   * Returns what differs in an answer that is a conversation: its head, and then what the server
   * said.
   *
   * @param said every recorded message of the exchange
   * @param heard every message now
   * @param openEnd whether the client stopped listening in the recording: what comes beyond that
   *     means nothing
   */
  public Comparison compareConversation(
      String method,
      String target,
      Renaming renaming,
      Moments moments,
      HttpResponse baseline,
      List<StreamMessage> said,
      HttpResponse actual,
      List<StreamMessage> heard,
      boolean openEnd) {
    Comparison heads =
        compare(method, target, renaming, moments, withoutBody(baseline), withoutBody(actual));
    if (baseline.status() != actual.status()) {
      return heads;
    }
    RuleScope rules = new RuleScope(options.rules(), method, target, moments);
    List<String> notes = new ArrayList<>(heads.notes());
    List<Difference> messages =
        new MessagesDiffer(renaming, secrets, rules, notes).compare(said, heard, openEnd);
    if (messages.size() > options.maxDifferences()) {
      notes.add("more_differences: " + (messages.size() - options.maxDifferences()));
      messages = messages.subList(0, options.maxDifferences());
    }
    List<Difference> all = new ArrayList<>(heads.differences());
    all.addAll(messages);
    return new Comparison(all, notes, heads.ignored() + rules.excused());
  }

  private static HttpResponse withoutBody(HttpResponse whole) {
    return new HttpResponse(
        whole.status(),
        whole.reason(),
        whole.version(),
        whole.head(),
        whole.headers(),
        whole.trailers(),
        Body.NONE,
        whole.span(),
        Completeness.COMPLETE,
        whole.anomalies());
  }

  private List<Mismatch> compareBodies(
      RuleScope rules,
      Renaming renaming,
      HttpResponse baseline,
      HttpResponse actual,
      List<Mismatch> fields,
      List<String> notes) {
    if (baseline.completeness() != Completeness.COMPLETE) {
      notes.add("body_not_compared: recorded body is incomplete");
      return List.of();
    }
    ByteRope before = baseline.body().content();
    ByteRope now = actual.body().content();
    MediaType type = MediaType.of(baseline.headers());
    if (SameBytes.ropes(before, now) && (renaming.keepsAll() || !type.isText())) {
      return List.of();
    }
    if (isDamaged(baseline)) {
      notes.add("body_not_compared: recorded body cannot be decoded");
      return List.of();
    }
    MediaType typeNow = MediaType.of(actual.headers());
    if (!type.name().equals(typeNow.name())
        && fields.stream()
            .anyMatch(field -> field.difference().path().equals("header:content-type"))) {
      notes.add("body_not_compared: media type differs");
      return List.of();
    }
    if (rules.ignoresBody()) {
      return List.of();
    }
    if (isDamaged(actual)) {
      Difference damage =
          new Difference(
              "body",
              DifferenceKind.BYTES,
              Change.TYPE,
              Clip.bytes(before),
              "content coding is damaged, " + Clip.bytes(now));
      return List.of(new Mismatch(damage, null, null));
    }
    return new BodyDiffer(renaming, secrets, rules).compare(type, typeNow, before, now);
  }

  private static boolean isDamaged(HttpResponse response) {
    return response.body().anomalies().stream()
        .anyMatch(anomaly -> anomaly.kind() == AnomalyKind.CONTENT_CODING);
  }
}
