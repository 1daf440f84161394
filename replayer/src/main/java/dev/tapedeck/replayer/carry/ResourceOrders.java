// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.carry;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.diff.WordWalk;
import dev.tapedeck.replayer.flow.RandomValues;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the resources that clients without cookies and credentials both read and write, so that
 * their requests keep the recorded order: nothing that they carry says that they belong together,
 * but what is read depends on what was written.
 *
 * <p>Writes of a resource are those of its path, of the collection that it is in, and of what is in
 * it. They count when one of them is a PUT, PATCH or DELETE of its own path (RFC 9110, sections
 * 9.3.4 and 9.3.5), or when two recorded reads of the same target were answered otherwise, in more
 * than random values: a form that is fetched before each POST to its path is always the same, and
 * the clients that do so need not wait for each other.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class ResourceOrders {
  private static final Set<String> READS = Set.of("GET", "HEAD");
  private static final Set<String> OF_THE_RESOURCE = Set.of("PUT", "PATCH", "DELETE");
  private static final List<String> PERSONAL =
      List.of("cookie", "authorization", "proxy-authorization", "x-api-key");
  private static final int NOT_MODIFIED = 304;

  /** Of longer contents only the lengths are looked at. */
  private static final long MAX_BODY_BYTES = 1 << 20;

  /** Requests by path, each with the authority before it. */
  private final Map<String, List<PlannedRequest>> reads = new HashMap<>();

  private final Map<String, List<PlannedRequest>> writes = new HashMap<>();

  private ResourceOrders() {}

  /** Adds to the orders in which requests stand, by their numbers, one for each such resource. */
  static void addTo(Map<Integer, List<ReadsAndWrites>> orders, List<PlannedRequest> requests) {
    ResourceOrders resources = new ResourceOrders();
    requests.forEach(resources::take);
    if (resources.writes.isEmpty()) {
      return;
    }
    Map<String, List<PlannedRequest>> inside = resources.writesByCollection();
    resources.reads.forEach(
        (path, read) -> {
          List<PlannedRequest> own = resources.writes.getOrDefault(path, List.of());
          List<PlannedRequest> all = new ArrayList<>(own);
          String collection = collection(path);
          if (collection != null) {
            all.addAll(resources.writes.getOrDefault(collection, List.of()));
          }
          all.addAll(inside.getOrDefault(path, List.of()));
          boolean replaced =
              own.stream().anyMatch(one -> OF_THE_RESOURCE.contains(one.exchange().method()));
          if (replaced || (!all.isEmpty() && changes(read))) {
            ReadsAndWrites order = new ReadsAndWrites();
            all.addAll(read);
            all.forEach(
                one -> orders.computeIfAbsent(one.number(), n -> new ArrayList<>()).add(order));
          }
        });
  }

  private void take(PlannedRequest planned) {
    HttpRequest request = planned.exchange().exchange().request();
    if (request == null
        || PERSONAL.stream().anyMatch(name -> request.headers().first(name) != null)) {
      return;
    }
    boolean read = READS.contains(request.method());
    if (read || !planned.exchange().isSafe()) {
      String target = request.target();
      int query = target.indexOf('?');
      String path = request.authority() + " " + (query < 0 ? target : target.substring(0, query));
      (read ? reads : writes).computeIfAbsent(path, unused -> new ArrayList<>()).add(planned);
    }
  }

  private Map<String, List<PlannedRequest>> writesByCollection() {
    Map<String, List<PlannedRequest>> inside = new HashMap<>();
    writes.forEach(
        (path, all) -> {
          String collection = collection(path);
          if (collection != null) {
            inside.computeIfAbsent(collection, unused -> new ArrayList<>()).addAll(all);
          }
        });
    return inside;
  }

  /** Returns the path that a path lies in; null when that is the root, in which everything lies. */
  private static @Nullable String collection(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= path.indexOf(' ') + 1 ? null : path.substring(0, slash);
  }

  /** Returns whether two reads of one target were answered otherwise when they were recorded. */
  private static boolean changes(List<PlannedRequest> reads) {
    Map<String, String> answers = new HashMap<>();
    for (PlannedRequest read : reads) {
      String answer = answer(read);
      if (answer != null) {
        String before =
            answers.putIfAbsent(read.exchange().method() + read.exchange().target(), answer);
        if (before != null && !before.equals(answer)) {
          return true;
        }
      }
    }
    return false;
  }

  private static @Nullable String answer(PlannedRequest read) {
    HttpResponse answer = read.exchange().bodies().response(read.exchange().exchange());
    if (answer == null || answer.status() == NOT_MODIFIED) {
      return null;
    }
    ByteRope content = answer.body().content();
    String text =
        content.length() > MAX_BODY_BYTES
            ? Long.toString(content.length())
            : WordWalk.replace(
                content.toBytes().toLatin1(), word -> RandomValues.isOne(word) ? "" : null);
    return answer.status() + " " + text;
  }
}
