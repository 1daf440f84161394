// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stats;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.ProcessInfo;
import dev.tapedeck.analyzer.endpoint.EndpointKey;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import dev.tapedeck.analyzer.filter.TargetParts;
import java.util.Locale;

/** What exchanges are put together by. */
public enum Grouping {
  /** Method, host and path template. */
  ENDPOINT,
  /** The host that was asked for. */
  HOST,
  /** The answer's status code. */
  STATUS,
  /** The recorded process. */
  PROCESS;

  /** Returns whether path templates have to be learned first. */
  public boolean needsEndpoints() {
    return this == ENDPOINT;
  }

  /** Returns the group that an exchange belongs to. */
  StatsKey keyOf(Exchange exchange, Endpoints endpoints) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    return switch (this) {
      case ENDPOINT -> {
        EndpointKey key = endpoints.of(exchange);
        yield key == null
            ? StatsKey.UNKNOWN
            : new StatsKey(key.method(), key.host(), key.template(), null, null, null);
      }
      case HOST -> {
        String host = request == null ? null : TargetParts.host(request.authority());
        yield new StatsKey(null, host, null, null, null, null);
      }
      case STATUS -> {
        Integer status = response == null || response.status() == 0 ? null : response.status();
        yield new StatsKey(null, null, null, status, null, null);
      }
      case PROCESS -> {
        ProcessInfo process = exchange.connection().process();
        yield new StatsKey(
            null,
            null,
            null,
            null,
            process.pid() == 0 ? null : process.pid(),
            process.comm().isEmpty() ? null : process.comm());
      }
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
