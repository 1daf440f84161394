// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import dev.tapedeck.analyzer.listing.Latencies;
import dev.tapedeck.analyzer.listing.Rows;

/**
 * What is known of an endpoint.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class EndpointFigures {
  private final String label;
  private final String host;
  private final Latencies latencies = new Latencies();
  private long count;
  private long clientErrors;
  private long serverErrors;
  private long unanswered;
  private long bytes;
  private long totalMicros;

  EndpointFigures(String label, String host) {
    this.label = label;
    this.host = host;
  }

  void add(Rows rows, int i) {
    count++;
    int status = rows.status(i);
    if (status == 0) {
      unanswered++;
    } else {
      latencies.add(rows.durationNanos(i) / 1000);
      totalMicros += rows.durationNanos(i) / 1000;
      clientErrors += status >= 400 && status < 500 ? 1 : 0;
      serverErrors += status >= 500 ? 1 : 0;
      bytes += Math.max(0, rows.responseBytes(i));
    }
  }

  String label() {
    return label;
  }

  String host() {
    return host;
  }

  Latencies latencies() {
    return latencies;
  }

  long count() {
    return count;
  }

  long clientErrors() {
    return clientErrors;
  }

  long serverErrors() {
    return serverErrors;
  }

  long unanswered() {
    return unanswered;
  }

  long bytes() {
    return bytes;
  }

  long totalMicros() {
    return totalMicros;
  }
}
