// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.message.WebSocketConversation;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of a body as they came, with what is missing between them. */
final class DataPieces {
  private final List<Piece> pieces = new ArrayList<>();

  /**
   * Bytes that came together, or a gap.
   *
   * @param content null for a gap
   * @param missingBytes −1 when not known
   */
  private record Piece(
      @Nullable Bytes content,
      long firstNanos,
      long lastNanos,
      long missingBytes,
      MissingCause cause) {}

  void add(Bytes content, long firstNanos, long lastNanos) {
    if (!content.isEmpty()) {
      pieces.add(new Piece(content, firstNanos, lastNanos, 0, MissingCause.LOST));
    }
  }

  void gap(long missingBytes, MissingCause cause) {
    pieces.add(new Piece(null, 0, 0, missingBytes, cause));
  }

  /** Gives all to a conversation; positions count the bytes that are here. */
  void feed(WebSocketConversation conversation, Role sender) {
    long position = 0;
    for (Piece piece : pieces) {
      Bytes run = piece.content();
      if (run == null) {
        conversation.gap(sender, piece.missingBytes(), piece.cause());
      } else {
        conversation.data(sender, run, position, piece.firstNanos(), piece.lastNanos());
        position += run.length();
      }
    }
  }
}
