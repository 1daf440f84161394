// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.diff.WordWalk;
import dev.tapedeck.replayer.websocket.ServerScript;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recorded WebSocket conversation as it is held again: what the client says has to be what the
 * recorded one said, and what the server said then comes in its order.
 *
 * <p>A client may say at another time what it said by its own clock, such as that it is still
 * there, and may repeat it: a message counts for the first of the same content that was not said
 * yet.
 *
 * <p><b>Threads:</b> confined to the client's connection.
 */
public final class Conversation {
  /** RFC 6455, section 7.4.1. */
  private static final int POLICY_VIOLATION = 1008;

  /** Longer messages are the same when their bytes are. */
  static final long MAX_TEXT_BYTES = 4 << 20;

  private final CallBook book;
  private final RecordedCall call;
  private final String url;
  private final ServerScript script;
  private final BitSet said = new BitSet();

  Conversation(CallBook book, RecordedCall call, String url, ServerScript script) {
    this.book = book;
    this.call = call;
    this.url = url;
    this.script = script;
  }

  /** Returns what the server said. */
  public List<ServerScript.Turn> turns() {
    return script.turns();
  }

  /** Returns what the recorded client said. */
  List<StreamMessage> awaited() {
    return script.heard();
  }

  /** Returns the miss of a client that says nothing where the recorded one said more. */
  Miss missNext() {
    int next = said.nextClearBit(0);
    StreamMessage expected = next < script.heard().size() ? script.heard().get(next) : null;
    return book.missOf(call, url, next, expected, null);
  }

  /** Returns how many of the recorded client's messages were said. */
  public int heard() {
    return said.cardinality();
  }

  /**
   * Takes a message of the client.
   *
   * @return why there is nothing to say to it; null when the recorded client said it too
   */
  public @Nullable Miss hear(StreamMessage message) {
    if (message.kind() == StreamMessage.Kind.CLOSE) {
      markClose();
      return null;
    }
    int found = find(message);
    if (found >= 0) {
      said.set(found);
      return null;
    }
    int next = said.nextClearBit(0);
    StreamMessage expected = next < script.heard().size() ? script.heard().get(next) : null;
    return book.missOf(call, url, next, expected, message);
  }

  private int find(StreamMessage message) {
    List<StreamMessage> recorded = script.heard();
    for (int i = said.nextClearBit(0); i < recorded.size(); i = said.nextClearBit(i + 1)) {
      if (book.isSame(recorded.get(i), message, false)) {
        return i;
      }
    }
    for (int i = said.nextSetBit(0); i >= 0; i = said.nextSetBit(i + 1)) {
      if (book.isSame(recorded.get(i), message, false)) {
        return i;
      }
    }
    int next = said.nextClearBit(0);
    boolean madeUp = next < recorded.size() && book.isSame(recorded.get(next), message, true);
    return madeUp ? next : -1;
  }

  private void markClose() {
    for (int i = 0; i < script.heard().size(); i++) {
      if (script.heard().get(i).kind() == StreamMessage.Kind.CLOSE) {
        said.set(i);
      }
    }
  }

  /** Returns what a message of the server carries, with the names of now. */
  public Bytes payload(StreamMessage message) {
    Bytes recorded = message.payload().toBytes();
    if (message.kind() == StreamMessage.Kind.CLOSE) {
      Integer code = message.closeCode();
      return code == null ? Bytes.empty() : closing(code, recorded.toLatin1());
    }
    if (recorded.length() > MAX_TEXT_BYTES) {
      return recorded;
    }
    boolean text = message.kind() == StreamMessage.Kind.TEXT;
    String before = recorded.toLatin1();
    String now =
        WordWalk.replace(
            before,
            word -> {
              String name = book.nowOf(word);
              return name == null || text || name.length() == word.length() ? name : null;
            });
    return now.equals(before) ? recorded : Bytes.latin1(now);
  }

  /** Returns the close that tells a client that what it said was not recorded. */
  public static Bytes refusal(Miss miss) {
    return closing(POLICY_VIOLATION, "tapedeck-mock: " + miss.reason().jsonName());
  }

  /** Returns the payload of a close (RFC 6455, section 5.5.1). */
  private static Bytes closing(int code, String reason) {
    return Bytes.latin1("" + (char) (code >> 8 & 0xff) + (char) (code & 0xff) + reason);
  }
}
