// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.RecordedCapture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells calls apart by the credentials that a service passes on. Who asks with those of one client
 * does not ask for what was recorded for another; credentials of the service's own tell nothing of
 * that kind, because it may get new ones at any time.
 *
 * <p><b>Threads:</b> confined by its owner.
 */
final class Credentials {
  private static final Set<String> FIELDS =
      Set.of("authorization", "cookie", "proxy-authorization", "x-api-key");

  /** Of more calls that are alike nobody looks at what credentials are called now. */
  private static final int MOST_RENAMED = 1024;

  private final List<RecordedCapture> captures;
  private final Names names;
  private @Nullable Set<Line> ofClients;

  /**
   * A field with credentials.
   *
   * @param name in lower case
   */
  record Line(String name, String value) {}

  /** Makes one that knows the credentials of the clients in captures. */
  Credentials(List<RecordedCapture> captures, Names names) {
    this.captures = List.copyOf(captures);
    this.names = names;
  }

  /**
   * Returns those of some calls, all of which a request is like, that have its credentials; all of
   * them when none has, or when these are nobody's who asked the service.
   *
   * @param own of the request
   */
  List<RecordedCall> sameClient(Collection<RecordedCall> calls, List<Line> own) {
    List<RecordedCall> all = List.copyOf(calls);
    if (own.isEmpty() || all.isEmpty()) {
      return all;
    }
    List<RecordedCall> same = having(all, own, String::equals);
    if (same.isEmpty() && all.size() <= MOST_RENAMED && names.any()) {
      same = having(all, own, (recorded, today) -> names.known().same(recorded, today));
    }
    return same.isEmpty() ? all : same;
  }

  private List<RecordedCall> having(
      List<RecordedCall> calls, List<Line> own, BiPredicate<String, String> isNow) {
    return calls.stream()
        .filter(
            call -> {
              HttpRequest request = call.exchange().request();
              return request != null
                  && in(request).stream()
                      .filter(ofClients()::contains)
                      .anyMatch(
                          recorded ->
                              own.stream()
                                  .anyMatch(
                                      one ->
                                          one.name().equals(recorded.name())
                                              && isNow.test(recorded.value(), one.value())));
            })
        .toList();
  }

  private Set<Line> ofClients() {
    Set<Line> known = ofClients;
    if (known == null) {
      known = new HashSet<>();
      for (RecordedCapture capture : captures) {
        for (Session session : capture.sessions()) {
          boolean client = session.connection().role() == Role.CLIENT;
          for (Exchange exchange : session.exchanges()) {
            HttpRequest request = exchange.request();
            if (!client && !exchange.alsoSeenBy().contains(Role.CLIENT) && request != null) {
              known.addAll(in(request));
            }
          }
        }
      }
      ofClients = known;
    }
    return known;
  }

  /** Returns the credentials in a request. */
  static List<Line> in(HttpRequest request) {
    List<Line> found = new ArrayList<>();
    for (HeaderField field : request.headers().toList()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      if (FIELDS.contains(name)) {
        found.add(new Line(name, field.value()));
      }
    }
    return found;
  }
}
