// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.splice.EditableRequest;
import dev.tapedeck.replayer.target.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends requests as they were recorded, with the value of the Host field replaced. */
public final class HostSplicer implements RequestSplicer {
  private final Target target;
  private final @Nullable Bytes host;

  /** Makes the splicer of a replay without rules and flows. */
  public HostSplicer(ReplayOptions options) {
    this(options.target(), options.keepHost());
  }

  HostSplicer(Target target, boolean keepHost) {
    this.target = target;
    this.host = keepHost ? null : Bytes.latin1(target.authority());
  }

  @Override
  public OutgoingRequest splice(PlannedRequest request, HttpRequest recorded) {
    if (request.multiplexed()) {
      return Http2Requests.of(recorded, request.exchange().exchange(), target, host == null);
    }
    return new OutgoingRequest.Http1(
        recorded.completeness() == Completeness.COMPLETE ? runs(recorded) : cut(recorded));
  }

  /** What there is of the body, in a framing that says so. */
  private List<Bytes> cut(HttpRequest recorded) {
    EditableRequest request = new EditableRequest(recorded);
    if (host != null) {
      for (int i = request.values("host").size() - 1; i >= 0; i--) {
        request.value("host", i, target.authority());
      }
    }
    return request.http1();
  }

  List<Bytes> runs(HttpRequest request) {
    List<Bytes> runs = new ArrayList<>();
    if (!request.blankLines().isEmpty()) {
      runs.add(request.blankLines());
    }
    Bytes head = request.head();
    int from = 0;
    if (host != null) {
      for (HeaderField field : request.headers().all("host")) {
        runs.add(head.slice(from, field.valueOffset()));
        runs.add(host);
        from = field.valueEnd();
      }
    }
    runs.add(head.slice(from, head.length()));
    runs.addAll(request.body().framed().segments());
    return runs;
  }
}
