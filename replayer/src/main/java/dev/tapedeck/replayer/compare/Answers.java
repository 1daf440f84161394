// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.ContentDecoder;
import dev.tapedeck.replayer.diff.Renaming;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.target.Target;
import java.util.List;

/** What has to be done to an answer before it can be compared. */
public final class Answers {
  private Answers() {}

  /** Returns the answer with its content codings undone. */
  public static HttpResponse decoded(HttpResponse answer) {
    List<String> codings =
        answer.headers().all("content-encoding").stream().map(HeaderField::value).toList();
    if (codings.isEmpty()) {
      return answer;
    }
    Body body = answer.body();
    ContentDecoder.Decoded decoded =
        new ContentDecoder(AnalyzerOptions.defaults()).decode(body.wire(), Long.MAX_VALUE, codings);
    return new HttpResponse(
        answer.status(),
        answer.reason(),
        answer.version(),
        answer.head(),
        answer.headers(),
        answer.trailers(),
        new Body(
            body.framing(), body.framed(), body.wire(), decoded.content(), decoded.anomalies()),
        answer.span(),
        answer.completeness(),
        answer.anomalies());
  }

  /**
   * Returns what recorded texts have become in the answers of a target: what was rewritten in
   * requests comes back in links, redirects and cookies.
   *
   * @param keepHost whether the request named the recorded host
   * @param synonyms what recorded values are called now
   */
  public static Renaming renaming(
      PlannedRequest request, Target target, boolean keepHost, Synonyms synonyms) {
    HttpRequest sent = request.exchange().exchange().request();
    String recorded = sent == null ? null : sent.authority();
    if (keepHost || recorded == null) {
      return new Renaming(List.of(), synonyms);
    }
    String scheme = request.exchange().exchange().connection().scheme();
    return new Renaming(
        List.of(
            new Renaming.Pair(scheme + "://" + recorded, target.toString()),
            new Renaming.Pair(recorded, target.authority())),
        synonyms);
  }

  /** Returns what texts of one target's answers are in those of another. */
  public static Renaming renaming(Target one, Target other, Synonyms synonyms) {
    return new Renaming(
        List.of(
            new Renaming.Pair(one.toString(), other.toString()),
            new Renaming.Pair(one.authority(), other.authority())),
        synonyms);
  }
}
