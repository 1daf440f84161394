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
  private long maxBytes;
  private final List<StreamMessage> messages = new ArrayList<>();
  private long keptBytes;
  private long notKept;

  KeptMessages(MessageLimits limits) {
    this.maxBytes = limits.maxMessagesBytes();
  }

  void add(StreamMessage message) {
    long bytes = bytes(message);
    if (keptBytes + bytes > maxBytes) {
      notKept++;
    } else {
      keptBytes += bytes;
      messages.add(message);
    }
  }

  private static long bytes(StreamMessage message) {
    return message.payload().length() + message.framed().length() + MessageLimits.OVERHEAD_BYTES;
  }

  int count() {
    return messages.size();
  }

  StreamMessage get(int index) {
    return messages.get(index);
  }

  /** Returns how many bytes they take. */
  long keptBytes() {
    return keptBytes;
  }

  /** Keeps the first ones that fit into so many bytes, of what has come and of what comes. */
  void keepAtMost(long bytes) {
    maxBytes = Math.min(maxBytes, bytes);
    while (keptBytes > maxBytes) {
      keptBytes -= bytes(messages.remove(messages.size() - 1));
      notKept++;
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
