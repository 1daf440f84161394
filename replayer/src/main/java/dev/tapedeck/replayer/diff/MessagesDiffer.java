// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a server said on a WebSocket, or as events, message by message in order: JSON by
 * path, text by line, bytes by place.
 *
 * <p>Pings and pongs come by the clock and are not compared. A message of which the capture lacks
 * bytes is not compared either, but counts.
 */
final class MessagesDiffer {
  private static final String DIGEST = "sha256";

  private final Renaming renaming;
  private final Secrets secrets;
  private final RuleScope rules;
  private final List<Difference> found = new ArrayList<>();
  private final List<String> notes;

  /**
   * Makes one.
   *
   * @param notes takes what is not compared
   */
  MessagesDiffer(Renaming renaming, Secrets secrets, RuleScope rules, List<String> notes) {
    this.renaming = renaming;
    this.secrets = secrets;
    this.rules = rules;
    this.notes = notes;
  }

  /**
   * Returns the differences. Used once.
   *
   * @param openEnd whether listening ended in the recording before the server did
   */
  List<Difference> compare(
      List<StreamMessage> baseline, List<StreamMessage> actual, boolean openEnd) {
    if (rules.ignoresBody()) {
      return List.of();
    }
    List<StreamMessage> before = ofServer(baseline);
    List<StreamMessage> now = ofServer(actual);
    if (openEnd) {
      before = wholeAtEnd(before);
      now = wholeAtEnd(now);
      if (now.size() > before.size()) {
        notes.add("messages_not_compared: " + (now.size() - before.size()) + " more came");
        now = now.subList(0, before.size());
      }
    }
    for (int i = 0; i < Math.max(before.size(), now.size()); i++) {
      StreamMessage old = i < before.size() ? before.get(i) : null;
      StreamMessage current = i < now.size() ? now.get(i) : null;
      compare(i, old, current);
    }
    return found;
  }

  private static List<StreamMessage> ofServer(List<StreamMessage> messages) {
    return messages.stream()
        .filter(message -> message.sender() == Role.SERVER)
        .filter(message -> message.kind() != StreamMessage.Kind.PING)
        .filter(message -> message.kind() != StreamMessage.Kind.PONG)
        .toList();
  }

  /** Leaves out a last message that was cut. */
  private static List<StreamMessage> wholeAtEnd(List<StreamMessage> messages) {
    int last = messages.size() - 1;
    return last >= 0 && messages.get(last).completeness() != Completeness.COMPLETE
        ? messages.subList(0, last)
        : messages;
  }

  private void compare(int index, @Nullable StreamMessage old, @Nullable StreamMessage current) {
    String path = name(old == null ? current : old) + "[" + index + "]";
    if (old == null || current == null) {
      add(path, old == null ? Change.ADDED : Change.MISSING, shown(old), shown(current));
      return;
    }
    if (old.kind() != current.kind()) {
      add(path + ".kind", Change.TYPE, kind(old), kind(current));
      return;
    }
    same(path + ".code", text(old.closeCode()), text(current.closeCode()));
    same(path + ".event", old.eventName(), current.eventName());
    same(path + ".id", old.eventId(), current.eventId());
    same(path + ".retry", text(old.retryMillis()), text(current.retryMillis()));
    if (old.completeness() != Completeness.COMPLETE) {
      notes.add(path + "_not_compared: recorded message is incomplete");
      return;
    }
    if (SameBytes.ropes(old.payload(), current.payload())) {
      rest(path, old, current);
      return;
    }
    Bytes before = old.payload().toBytes();
    Bytes now = current.payload().toBytes();
    for (Difference difference :
        new BodyDiffer(renaming, secrets, rules).compare(type(old, before), before, now)) {
      found.add(
          new Difference(
              path + within(difference.path()),
              difference.kind(),
              difference.change(),
              difference.baseline(),
              difference.actual()));
    }
  }

  /** Of what is longer than is kept, length and digest of the rest are what can be compared. */
  private void rest(String path, StreamMessage old, StreamMessage current) {
    String before = limit(old);
    String now = limit(current);
    if (before != null && now != null && !(before.contains(DIGEST) && now.contains(DIGEST))) {
      notes.add(path + "_compared_partly: the first " + old.payload().length() + " bytes");
    } else if (!Objects.equals(before, now)) {
      add(path + "@" + old.payload().length(), Change.VALUE, before, now);
    }
  }

  private static @Nullable String limit(StreamMessage message) {
    return message.anomalies().stream()
        .filter(anomaly -> anomaly.kind() == AnomalyKind.LIMIT)
        .map(Anomaly::detail)
        .findFirst()
        .orElse(null);
  }

  private static String name(@Nullable StreamMessage message) {
    return message != null && message.kind() == StreamMessage.Kind.EVENT ? "event" : "message";
  }

  /** {@code $.items[2]}, {@code body:line 7} and {@code body@120} become parts of a longer path. */
  private static String within(String path) {
    return path.startsWith("body") ? path.substring("body".length()) : path;
  }

  private static MediaType type(StreamMessage message, Bytes payload) {
    if (message.kind() == StreamMessage.Kind.BINARY) {
      return new MediaType("application/octet-stream", Map.of());
    }
    return MediaType.ofText(payload);
  }

  private void same(String path, @Nullable String old, @Nullable String current) {
    boolean equal =
        Objects.equals(old, current)
            || (old != null && current != null && renaming.same(old, current));
    if (!equal) {
      Change change = old == null ? Change.ADDED : current == null ? Change.MISSING : Change.VALUE;
      found.add(
          Difference.shown(
              path, DifferenceKind.MESSAGE, change, secrets.text(old), secrets.text(current)));
    }
  }

  private void add(String path, Change change, @Nullable String old, @Nullable String current) {
    found.add(new Difference(path, DifferenceKind.MESSAGE, change, old, current));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static String kind(StreamMessage message) {
    StreamMessage.Kind kind = message.kind();
    return kind == null ? "unknown" : kind.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String shown(@Nullable StreamMessage message) {
    return message == null ? null : kind(message) + ", " + message.payload().length() + " bytes";
  }
}
