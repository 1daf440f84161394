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
  /** What a piece needs besides its bytes, about. */
  private static final long OVERHEAD_BYTES = 64;

  private final List<Piece> pieces = new ArrayList<>();
  private long maxBytes;
  private long keptBytes;
  private int detached;

  /** The bound was reached: what comes is not kept. */
  private boolean isCut;

  /**
   * Makes an empty one.
   *
   * @param maxBytes most bytes that are kept, with {@value #OVERHEAD_BYTES} for each piece
   */
  DataPieces(long maxBytes) {
    this.maxBytes = maxBytes;
  }

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
      add(new Piece(content, firstNanos, lastNanos, 0, MissingCause.LOST));
    }
  }

  void gap(long missingBytes, MissingCause cause) {
    add(new Piece(null, 0, 0, missingBytes, cause));
  }

  private void add(Piece piece) {
    if (!isCut && keptBytes + bytes(piece) > maxBytes) {
      cut();
    } else if (!isCut) {
      keptBytes += bytes(piece);
      pieces.add(piece);
    }
  }

  private void cut() {
    isCut = true;
    pieces.add(new Piece(null, 0, 0, -1, MissingCause.CAPPED));
  }

  private static long bytes(Piece piece) {
    return OVERHEAD_BYTES + (piece.content() == null ? 0 : piece.content().length());
  }

  /** Copies what is kept out of the runs that it came in. */
  void detach() {
    for (; detached < pieces.size(); detached++) {
      Piece piece = pieces.get(detached);
      if (piece.content() != null) {
        pieces.set(
            detached,
            new Piece(
                piece.content().detached(),
                piece.firstNanos(),
                piece.lastNanos(),
                0,
                piece.cause()));
      }
    }
  }

  /** Returns how many bytes are kept. */
  long keptBytes() {
    return keptBytes;
  }

  /** Keeps the first pieces that fit into so many bytes, of what has come and of what comes. */
  void keepAtMost(long bytes) {
    maxBytes = Math.min(maxBytes, bytes);
    if (keptBytes > maxBytes) {
      if (isCut) {
        pieces.remove(pieces.size() - 1);
      }
      while (keptBytes > maxBytes) {
        keptBytes -= bytes(pieces.remove(pieces.size() - 1));
      }
      detached = Math.min(detached, pieces.size());
      cut();
    }
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
