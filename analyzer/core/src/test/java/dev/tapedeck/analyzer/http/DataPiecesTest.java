// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.analyzer.message.WebSocketConversation;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a body in pieces keeps is bounded, and what is left out is never told as something else. */
final class DataPiecesTest {
  private static final int OVERHEAD_BYTES = 64;

  /** A frame of text from a server, which needs no mask (RFC 6455, section 5.2). */
  private static Bytes text(String content) {
    return Bytes.latin1("\u0081" + (char) content.length() + content);
  }

  private static List<StreamMessage> messages(DataPieces pieces) {
    WebSocketConversation conversation =
        new WebSocketConversation(
            AnalyzerOptions.defaults(), true, DeflateParameters.UNKNOWN, nanos -> nanos);
    pieces.feed(conversation, Role.SERVER);
    conversation.end();
    return conversation.messages();
  }

  @Test
  void add_manySmallPieces_keepsNoMoreThanTheBoundWithWhatEachNeeds() {
    long bound = 10_000;
    DataPieces pieces = new DataPieces(bound);
    for (int i = 0; i < bound; i++) {
      pieces.add(Bytes.latin1("x"), 0, 0);
    }
    assertThat(pieces.keptBytes()).isEqualTo(bound / (OVERHEAD_BYTES + 1) * (OVERHEAD_BYTES + 1));
  }

  @Test
  void add_behindTheBound_keepsNothingThoughItWouldFit() {
    Bytes first = text("first");
    DataPieces pieces = new DataPieces(first.length() + OVERHEAD_BYTES + 10);
    pieces.add(first, 1, 2);
    pieces.add(text("does not fit"), 3, 4);
    pieces.add(text(""), 5, 6);
    assertThat(pieces.keptBytes()).isEqualTo(first.length() + OVERHEAD_BYTES);
    assertThat(messages(pieces))
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.payload().toBytes().toLatin1()).isEqualTo("first");
              assertThat(message.completeness()).isEqualTo(Completeness.COMPLETE);
            });
  }

  @Test
  void keepAtMost_inTheMiddleOfAMessage_tellsItAsCut() {
    Bytes whole = text("two parts");
    DataPieces pieces = new DataPieces(1 << 20);
    pieces.add(whole.slice(0, 5), 1, 2);
    pieces.detach();
    pieces.add(whole.slice(5, whole.length()), 3, 4);
    pieces.keepAtMost(2 * OVERHEAD_BYTES);
    assertThat(pieces.keptBytes()).isEqualTo(5 + OVERHEAD_BYTES);
    pieces.detach();
    pieces.add(text("more"), 5, 6);
    pieces.keepAtMost(1 << 20);
    assertThat(messages(pieces))
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.payload().toBytes().toLatin1()).isEqualTo("two");
              assertThat(message.completeness()).isEqualTo(Completeness.RECORDER_CAP);
            });
  }

  @Test
  void keepAtMost_twice_takesMoreAway() {
    DataPieces pieces = new DataPieces(1 << 20);
    for (String content : List.of("a", "b", "c")) {
      pieces.add(text(content), 0, 0);
    }
    pieces.keepAtMost(2 * (OVERHEAD_BYTES + 3));
    pieces.keepAtMost(OVERHEAD_BYTES + 3);
    assertThat(messages(pieces))
        .extracting(message -> message.payload().toBytes().toLatin1())
        .containsExactly("a");
    pieces.keepAtMost(0);
    assertThat(pieces.keptBytes()).isZero();
    assertThat(messages(pieces)).isEmpty();
  }
}
