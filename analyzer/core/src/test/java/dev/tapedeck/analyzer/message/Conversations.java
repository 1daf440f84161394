// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;

/** Feeds one direction of a conversation in pieces and renders what comes out. */
final class Conversations {
  static final DeflateParameters PLAIN = new DeflateParameters(true, false, false, true, true);
  static final DeflateParameters DEFLATE = new DeflateParameters(true, true, false, true, true);
  static final DeflateParameters NO_TAKEOVER =
      new DeflateParameters(true, true, false, false, false);

  private Conversations() {}

  /** Bytes that are there, or a gap when {@code bytes} is null. */
  record Piece(Bytes bytes, long gapBytes) {}

  static Piece bytes(byte[] all, int from, int to) {
    return new Piece(Bytes.copyOf(Arrays.copyOfRange(all, from, to)), 0);
  }

  static Piece gap(long length) {
    return new Piece(null, length);
  }

  /**
   * Reads the pieces in several splits, checks that all give the same, and renders the messages.
   */
  static List<String> read(
      Role sender, boolean fromStart, DeflateParameters extensions, Piece... pieces) {
    List<String> whole = read(sender, fromStart, extensions, Integer.MAX_VALUE, 0, pieces);
    assertThat(read(sender, fromStart, extensions, 1, 0, pieces))
        .as("byte by byte")
        .isEqualTo(whole);
    for (int seed = 1; seed <= 3; seed++) {
      assertThat(read(sender, fromStart, extensions, 40, seed, pieces))
          .as("split by seed %d", seed)
          .isEqualTo(whole);
    }
    return whole;
  }

  private static List<String> read(
      Role sender,
      boolean fromStart,
      DeflateParameters extensions,
      int maxRun,
      int seed,
      Piece... pieces) {
    Random random = new Random(seed);
    WebSocketConversation conversation =
        new WebSocketConversation(
            AnalyzerOptions.defaults(), fromStart, extensions, LongUnaryOperator.identity());
    long position = 0;
    long fed = 0;
    for (Piece piece : pieces) {
      if (piece.bytes() == null) {
        conversation.gap(sender, piece.gapBytes(), MissingCause.LOST);
        position += Math.max(0, piece.gapBytes());
        continue;
      }
      int at = 0;
      while (at < piece.bytes().length()) {
        int most = seed == 0 ? maxRun : 1 + random.nextInt(maxRun);
        int count = Math.min(most, piece.bytes().length() - at);
        conversation.data(sender, piece.bytes().slice(at, at + count), position, 0, 0);
        position += count;
        fed += count;
        at += count;
      }
    }
    conversation.end();
    assertThat(conversation.inMessages(sender) + conversation.outsideMessages(sender))
        .as("bytes accounted for")
        .isEqualTo(fed);
    List<String> rendered = new ArrayList<>();
    for (StreamMessage message : conversation.messages()) {
      rendered.add(render(message));
    }
    return rendered;
  }

  static String render(StreamMessage message) {
    StringBuilder text = new StringBuilder();
    text.append(message.kind() == null ? "?" : message.kind().jsonName());
    String payload = message.payload().toBytes().toUtf8();
    text.append(payload.length() > 40 ? "*" + payload.length() : " '" + payload + "'");
    if (message.closeCode() != null) {
      text.append(" code=").append(message.closeCode());
    }
    if (message.frames() > 1) {
      text.append(" frames=").append(message.frames());
    }
    if (message.compressed()) {
      text.append(" compressed");
    }
    if (message.completeness() != Completeness.COMPLETE) {
      text.append(' ').append(message.completeness().jsonName());
    }
    for (Anomaly anomaly : message.anomalies()) {
      text.append(" [").append(anomaly.kind().jsonName()).append(": ").append(anomaly.detail());
      text.append(']');
    }
    return text.toString();
  }
}
