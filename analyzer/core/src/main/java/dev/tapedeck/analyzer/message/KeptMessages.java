// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.StreamMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The messages of one exchange, as many as the bound allows; the others are counted. */
final class KeptMessages {
  private final MessageLimits limits;
  private final List<StreamMessage> messages = new ArrayList<>();
  private long keptBytes;
  private long notKept;

  KeptMessages(MessageLimits limits) {
    this.limits = limits;
  }

  void add(StreamMessage message) {
    long bytes = message.payload().length() + MessageLimits.OVERHEAD_BYTES;
    if (keptBytes + bytes > limits.maxMessagesBytes()) {
      notKept++;
    } else {
      keptBytes += bytes;
      messages.add(message);
    }
  }

  /** Returns them in the order in which their last bytes moved. */
  List<StreamMessage> inOrder() {
    messages.sort(Comparator.comparingLong(message -> message.span().lastEpochNanos()));
    return List.copyOf(messages);
  }

  List<Anomaly> anomalies() {
    return notKept == 0
        ? List.of()
        : List.of(new Anomaly(AnomalyKind.LIMIT, "messages not kept=" + notKept));
  }
}
