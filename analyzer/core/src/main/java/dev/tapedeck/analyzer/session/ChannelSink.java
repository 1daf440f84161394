// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.ByteAccounting;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Coverage;
import dev.tapedeck.analyzer.Exchange;
import java.util.List;

/** Takes what one channel gives: its exchanges in the order of their requests, then its end. */
interface ChannelSink {
  void exchange(Exchange exchange);

  void end(End end);

  /**
   * What is known of a channel at its end.
   *
   * @param number the session's
   * @param connection the connection
   * @param isHttp whether any HTTP was found, or nothing that could tell was captured
   * @param accounting where the bytes went
   * @param capturedBytes of both directions
   * @param lostBytes of both directions
   * @param coverage which bytes were captured
   * @param anomalies of the connection as a whole
   */
  record End(
      int number,
      ConnectionInfo connection,
      boolean isHttp,
      ByteAccounting accounting,
      long capturedBytes,
      long lostBytes,
      Coverage coverage,
      List<Anomaly> anomalies) {}
}
