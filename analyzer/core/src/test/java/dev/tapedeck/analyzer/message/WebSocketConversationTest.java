// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import static dev.tapedeck.analyzer.message.Conversations.DEFLATE;
import static dev.tapedeck.analyzer.message.Conversations.NO_TAKEOVER;
import static dev.tapedeck.analyzer.message.Conversations.PLAIN;
import static dev.tapedeck.analyzer.message.Conversations.bytes;
import static dev.tapedeck.analyzer.message.Conversations.gap;
import static dev.tapedeck.analyzer.message.Conversations.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class WebSocketConversationTest {
  private static List<String> all(Role sender, DeflateParameters extensions, Frames frames) {
    byte[] bytes = frames.bytes();
    return read(sender, true, extensions, bytes(bytes, 0, bytes.length));
  }

  @Test
  void messages_ofEveryKind_unmaskedInOrder() {
    Frames frames =
        Frames.client()
            .text("hello")
            .binary("raw".getBytes(StandardCharsets.UTF_8))
            .ping("a")
            .frame(0x8a, new byte[0])
            .text("")
            .text("x".repeat(200))
            .text("y".repeat(70_000))
            .close(1000, "bye");
    assertThat(all(Role.CLIENT, PLAIN, frames))
        .containsExactly(
            "text 'hello'",
            "binary 'raw'",
            "ping 'a'",
            "pong ''",
            "text ''",
            "text*200",
            "text*70000",
            "close 'bye' code=1000");
  }

  @Test
  void fragments_withControlFramesBetween_areOneMessage() {
    Frames frames =
        Frames.server()
            .frame(0x01, "one ".getBytes(StandardCharsets.UTF_8))
            .ping("between")
            .frame(0x00, "two ".getBytes(StandardCharsets.UTF_8))
            .frame(0x80, "three".getBytes(StandardCharsets.UTF_8))
            .text("next");
    assertThat(all(Role.SERVER, PLAIN, frames))
        .containsExactly("ping 'between'", "text 'one two three' frames=3", "text 'next'");
  }

  @Test
  void deflate_withWindowKept_refersToEarlierMessages() {
    Frames frames = Frames.client().deflated("tick tick tick", 1).deflated("tick tick tock", 3);
    assertThat(all(Role.CLIENT, DEFLATE, frames))
        .containsExactly(
            "text 'tick tick tick' compressed", "text 'tick tick tock' frames=3 compressed");
  }

  @Test
  void deflate_withFinalBlock_windowGoesOn() {
    // RFC 7692, section 7.2.3.4: a final block, an empty byte behind it.
    byte[] finalBlock = {
      (byte) 0xf3, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00, 0x00
    };
    // Section 7.2.3.2: refers to the "Hello" of the message before.
    byte[] reference = {(byte) 0xf2, 0x00, 0x11, 0x00, 0x00};
    Frames frames = Frames.server().frame(0xc1, finalBlock).frame(0xc1, reference);
    assertThat(all(Role.SERVER, DEFLATE, frames))
        .containsExactly("text 'Hello' compressed", "text 'Hello' compressed");
  }

  @Test
  void deflate_lostMessageWithWindowKept_neverGuesses() {
    Frames frames = Frames.server().deflated("a secret that is lost", 1);
    int lost = frames.length();
    frames.deflated("a secret that is lost", 1).newWindow();
    for (int i = 0; i < 8; i++) {
      frames.deflated("fresh window " + i, 1);
    }
    byte[] all = frames.bytes();
    List<String> messages =
        read(Role.SERVER, true, DEFLATE, gap(lost), bytes(all, lost, all.length));
    assertThat(messages).hasSize(9);
    assertThat(messages.get(0))
        .matches(
            "text 'a? ?' compressed "
                + "\\[content_coding: refers to compressed messages that were lost\\]");
    assertThat(messages.subList(1, 9))
        .allSatisfy(message -> assertThat(message).startsWith("text 'fresh window"));
  }

  @Test
  void deflate_gapInMessageWithoutTakeover_costsThatMessageOnly() {
    Frames frames = Frames.server().deflated("first " + random(400), 1);
    int end = frames.length();
    frames.newWindow().deflated("second", 1);
    byte[] all = frames.bytes();
    List<String> messages =
        read(
            Role.SERVER,
            true,
            NO_TAKEOVER,
            bytes(all, 0, 200),
            gap(50),
            bytes(all, 250, all.length));
    assertThat(end).isGreaterThan(250);
    assertThat(messages.get(0)).contains(" compressed gap [missing_bytes: 50]");
    assertThat(messages.get(1)).isEqualTo("text 'second' compressed");
  }

  @Test
  void deflate_damagedMessage_keepsPrefixAndSaysSo() {
    Frames frames = Frames.client().frame(0xc1, new byte[] {0x07, 0x07, 0x07});
    assertThat(all(Role.CLIENT, DEFLATE, frames))
        .containsExactly("text '' compressed [content_coding: damaged]");
  }

  @Test
  void gap_insideFrame_costsThatMessageOnly() {
    Frames frames = Frames.client().text("0123456789").text("after");
    byte[] all = frames.bytes();
    assertThat(read(Role.CLIENT, true, PLAIN, bytes(all, 0, 8), gap(5), bytes(all, 13, all.length)))
        .containsExactly("text '01789' gap [missing_bytes: 5]", "text 'after'");
  }

  @Test
  void gap_toTheFramesEnd_staysInStep() {
    Frames frames = Frames.server().text("0123456789").text("after");
    byte[] all = frames.bytes();
    assertThat(read(Role.SERVER, true, PLAIN, bytes(all, 0, 4), gap(8), bytes(all, 12, all.length)))
        .containsExactly("text '01' gap [missing_bytes: 8]", "text 'after'");
  }

  @Test
  void gap_overHeaders_findsFramesAgain() {
    for (Role sender : Role.values()) {
      Frames frames = sender == Role.CLIENT ? Frames.client() : Frames.server();
      for (int i = 0; i < 20; i++) {
        frames.text("{\"sequence\": " + (100 + i) + "}");
      }
      byte[] all = frames.bytes();
      int one = all.length / 20;
      List<String> messages =
          read(
              sender,
              true,
              PLAIN,
              bytes(all, 0, one + 3),
              gap(one + 4),
              bytes(all, 2 * one + 7, all.length));
      assertThat(messages.get(0)).isEqualTo("text '{\"sequence\": 100}'");
      assertThat(messages.subList(2, messages.size()))
          .as("%s", sender)
          .hasSizeGreaterThanOrEqualTo(15)
          .allSatisfy(message -> assertThat(message).matches("text '\\{\"sequence\": 1..}'"));
    }
  }

  @Test
  void gap_ofUnknownLength_findsFramesAgain() {
    Frames frames = Frames.client();
    for (int i = 0; i < 10; i++) {
      frames.text("message number " + i);
    }
    byte[] all = frames.bytes();
    List<String> messages =
        read(Role.CLIENT, true, PLAIN, bytes(all, 0, 10), gap(-1), bytes(all, 42, all.length));
    assertThat(messages.get(0)).isEqualTo("text 'mess' gap [missing_bytes: unknown]");
    assertThat(messages).hasSize(9).endsWith("text 'message number 9'");
  }

  @Test
  void joinedLate_insideFragments_restIsSaidToBeOne() {
    Frames frames =
        Frames.client()
            .frame(0x00, "middle of a message ".getBytes(StandardCharsets.UTF_8))
            .frame(0x80, "and its end".getBytes(StandardCharsets.UTF_8))
            .text("whole message")
            .text("another one");
    byte[] all = frames.bytes();
    assertThat(read(Role.CLIENT, false, PLAIN, bytes(all, 0, all.length)))
        .containsExactly(
            "? 'middle of a message and its end' frames=2 truncated_start",
            "text 'whole message'",
            "text 'another one'");
  }

  @Test
  void search_bytesThatAreNoFrames_findsNone() {
    Random random = new Random(7);
    byte[] noise = new byte[400_000];
    random.nextBytes(noise);
    byte[] zeros = new byte[200_000];
    byte[] samples = new byte[200_000];
    for (int i = 0; i < samples.length; i += 2) {
      samples[i] = (byte) random.nextInt(3);
    }
    byte[] text = "The quick brown fox, 1234.\r\n".repeat(9000).getBytes(StandardCharsets.UTF_8);
    for (byte[] bytes : List.of(noise, zeros, samples, text)) {
      for (Role sender : Role.values()) {
        WebSocketConversation conversation =
            new WebSocketConversation(
                AnalyzerOptions.defaults(),
                false,
                DeflateParameters.UNKNOWN,
                LongUnaryOperator.identity());
        conversation.data(sender, Bytes.copyOf(bytes), 0, 0, 0);
        conversation.end();
        assertThat(conversation.messages()).isEmpty();
        assertThat(conversation.outsideMessages(sender)).isEqualTo(bytes.length);
      }
    }
  }

  @Test
  void frames_againstTheRules_areReadAndSaidToBeOdd() {
    byte[] text = "odd".getBytes(StandardCharsets.UTF_8);
    Frames frames =
        Frames.client()
            .frame(0x81, text, false)
            .frame(0x91, text)
            .frame(0x83, text)
            .frame(0x80, text)
            .frame(0x09, text)
            .frame(0x81, new byte[] {(byte) 0xc3, 0x28})
            .frame(0x01, text)
            .frame(0x82, text)
            .frame(0x88, new byte[] {3})
            .close(1005, "")
            .text("late");
    assertThat(all(Role.CLIENT, PLAIN, frames))
        .containsExactly(
            "text 'odd' [websocket: not masked by the client]",
            "text 'odd' [websocket: reserved bits]",
            "? 'odd' [websocket: opcode 3]",
            "? 'odd' [websocket: continuation of nothing]",
            "ping 'odd' [websocket: fragmented control frame]",
            "text '\ufffd(' [websocket: bad UTF-8]",
            "text 'odd' truncated_end [websocket: ended by another message]",
            "binary 'odd'",
            "close '\u0003' [websocket: close without a code]",
            "close '' code=1005 [websocket: close code 1005]",
            "text 'late' [websocket: message after close]");
  }

  @Test
  void end_insideMessage_keepsWhatCame() {
    byte[] all = Frames.client().frame(0x01, "begun".getBytes(StandardCharsets.UTF_8)).bytes();
    assertThat(read(Role.CLIENT, true, PLAIN, bytes(all, 0, all.length)))
        .containsExactly("text 'begun' truncated_end");
    assertThat(read(Role.CLIENT, true, PLAIN, bytes(all, 0, all.length - 2)))
        .containsExactly("text 'beg' truncated_end");
  }

  @Test
  void bounds_reached_limitIsSaidAndCountingGoesOn() {
    AnalyzerOptions options =
        AnalyzerOptions.newBuilder().maxMessageBytes(100).maxMessagesBytes(1000).build();
    WebSocketConversation conversation =
        new WebSocketConversation(options, true, DEFLATE, LongUnaryOperator.identity());
    Frames frames = Frames.server().text("x".repeat(1000));
    for (int i = 0; i < 10; i++) {
      frames.deflated("y".repeat(10), 1);
    }
    byte[] all = frames.bytes();
    conversation.data(Role.SERVER, Bytes.copyOf(all), 0, 0, 0);
    conversation.end();
    assertThat(conversation.messages()).hasSize(3);
    assertThat(conversation.messages().get(0).payload().length()).isEqualTo(100);
    assertThat(conversation.messages().get(0).anomalies())
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.kind()).isEqualTo(AnomalyKind.LIMIT));
    assertThat(conversation.anomalies())
        .singleElement()
        .satisfies(anomaly -> assertThat(anomaly.detail()).isEqualTo("messages not kept=8"));
    assertThat(conversation.inMessages(Role.SERVER)).isEqualTo(all.length);
    assertThat(conversation.completeness()).isEqualTo(Completeness.COMPLETE);
  }

  @Test
  void bomb_growth_isBounded() {
    AnalyzerOptions options = AnalyzerOptions.newBuilder().maxDecodedBytes(1 << 20).build();
    WebSocketConversation conversation =
        new WebSocketConversation(options, true, DEFLATE, LongUnaryOperator.identity());
    Frames frames = Frames.server().deflated("z".repeat(8 << 20), 1);
    conversation.data(Role.SERVER, Bytes.copyOf(frames.bytes()), 0, 0, 0);
    conversation.end();
    assertThat(conversation.messages().get(0).payload().length()).isLessThan(2 << 20);
    assertThat(conversation.messages().get(0).anomalies().get(0).kind())
        .isEqualTo(AnomalyKind.LIMIT);
  }

  private static String random(int length) {
    Random random = new Random(length);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + random.nextInt(90)));
    }
    return text.toString();
  }

  @Test
  void detach_whileFramesAreSearched_whatIsHeldIsItsOwn() {
    byte[] frames = Frames.client().text("hello").text("world").text("again").bytes();
    byte[] block = Arrays.copyOf(frames, frames.length);
    WebSocketConversation conversation =
        new WebSocketConversation(
            AnalyzerOptions.defaults(), false, PLAIN, LongUnaryOperator.identity());
    conversation.data(Role.CLIENT, Bytes.wrap(block, 0, 9), 0, 0, 0);
    conversation.detach();
    assertThat(conversation.keptBytes()).isEqualTo(9);
    Arrays.fill(block, (byte) '#');
    conversation.data(Role.CLIENT, Bytes.wrap(frames, 9, frames.length - 9), 9, 0, 0);
    conversation.end();
    assertThat(conversation.messages())
        .extracting(Conversations::render)
        .containsExactly("text 'hello'", "text 'world'", "text 'again'");
  }
}
