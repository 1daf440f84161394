// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.analyzer.message.WebSocketConversation;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.mock.Conversation;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.websocket.ServerScript;
import dev.tapedeck.replayer.websocket.WebSocketFrames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was upgraded to WebSocket: says what the recorded server said, each message
 * when as many messages of the client have come as had then. A message of the client that was not
 * recorded ends the conversation with a close, code 1008.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
// Writes report their failures to the channel, which closes then.
@SuppressWarnings("FutureReturnValueIgnored")
final class WebSocketMock extends ChannelInboundHandlerAdapter {
  private final MockServer server;
  private final Conversation conversation;
  private final WebSocketConversation reader;
  private @Nullable ChannelHandlerContext own;
  private long position;
  private int next;
  private boolean waiting;
  private boolean closing;

  /**
   * Makes one.
   *
   * @param agreed how the client compresses
   */
  WebSocketMock(MockServer server, Conversation conversation, DeflateParameters agreed) {
    this.server = server;
    this.conversation = conversation;
    this.reader = new WebSocketConversation(AnalyzerOptions.defaults(), agreed, this::take);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    own = context;
  }

  /** Says what the recorded server said first. */
  void begin() {
    advance();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    byte[] bytes;
    try {
      bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
    } finally {
      buffer.release();
    }
    if (closing) {
      return;
    }
    long now = server.nanos();
    reader.data(Role.CLIENT, Bytes.wrap(bytes, 0, bytes.length), position, now, now);
    position += bytes.length;
    if (reader.outsideMessages(Role.CLIENT) > 0) {
      refuse(Miss.of(Miss.Reason.MALFORMED_REQUEST, "GET", "-"));
    } else {
      advance();
    }
  }

  private void take(StreamMessage message) {
    if (closing) {
      return;
    }
    StreamMessage.Kind kind = message.kind();
    if (kind == StreamMessage.Kind.PING) {
      write(WebSocketFrames.ofServer(StreamMessage.Kind.PONG, message.payload().toBytes()));
    } else if (kind != StreamMessage.Kind.PONG) {
      Miss miss = conversation.hear(message);
      if (miss != null) {
        refuse(miss);
      } else if (kind == StreamMessage.Kind.CLOSE) {
        close(closeOfServer());
      }
    }
  }

  private void refuse(Miss miss) {
    server.desk().refuse(miss);
    close(Conversation.refusal(miss));
  }

  /** Returns what the recorded server closed with; a plain close when it did not. */
  private Bytes closeOfServer() {
    for (ServerScript.Turn turn : conversation.turns()) {
      if (turn.message().kind() == StreamMessage.Kind.CLOSE) {
        return conversation.payload(turn.message());
      }
    }
    return Bytes.empty();
  }

  /** Says what is due. */
  private void advance() {
    List<ServerScript.Turn> turns = conversation.turns();
    while (!closing && !waiting && next < turns.size()) {
      ServerScript.Turn turn = turns.get(next);
      if (conversation.heard() < turn.awaited()) {
        return;
      }
      long wait = server.desk().waitNanos(turn.afterNanos());
      if (wait <= 0) {
        say(turn);
      } else {
        waiting = true;
        context()
            .executor()
            .schedule(
                () -> {
                  waiting = false;
                  if (!closing) {
                    say(turn);
                    advance();
                  }
                },
                wait,
                TimeUnit.NANOSECONDS);
      }
    }
  }

  private void say(ServerScript.Turn turn) {
    next++;
    StreamMessage.Kind kind = turn.message().kind();
    Bytes payload = conversation.payload(turn.message());
    if (kind == StreamMessage.Kind.CLOSE) {
      close(payload);
    } else if (kind != null) {
      write(WebSocketFrames.ofServer(kind, payload));
    }
  }

  private void close(Bytes payload) {
    closing = true;
    context()
        .writeAndFlush(
            Http1Mock.buffer(List.of(WebSocketFrames.ofServer(StreamMessage.Kind.CLOSE, payload))))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private void write(Bytes frame) {
    context().writeAndFlush(Http1Mock.buffer(List.of(frame)));
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext known = own;
    if (known == null) {
      throw new IllegalStateException("context=null");
    }
    return known;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    reader.end();
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Http1Mock.fail(server, context, cause);
  }
}
