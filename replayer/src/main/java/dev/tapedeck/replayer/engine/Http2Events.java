// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.result.FailureReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Netty's HTTP/2 codec for one connection, with names and values of fields taken as they are.
 *
 * <p><b>Threads:</b> confined to the connection's event loop.
 */
final class Http2Events extends Http2EventAdapter {
  /** So large that answers never wait for the replayer's permission. */
  private static final int WINDOW_BYTES = 16 << 20;

  private static final int CONNECTION_STREAM = 0;

  /** RFC 8441, section 3. */
  private static final char ENABLE_CONNECT_PROTOCOL = 8;

  private final Http2Wire wire;
  private final Http2Connection connection = new DefaultHttp2Connection(false);
  private final Http2ConnectionHandler handler;
  private @Nullable Channel channel;
  private int nextStream = 1;

  /** Whether the target takes other protocols in streams (RFC 8441, section 3). */
  private boolean extendedConnect;

  /** Whether the target's settings came, which are the first that it sends (RFC 9113, 3.4). */
  private boolean greeted;

  Http2Events(Http2Wire wire) {
    this.wire = wire;
    handler =
        new Http2ConnectionHandlerBuilder()
            .connection(connection)
            .frameListener(this)
            .initialSettings(new Http2Settings().pushEnabled(false).initialWindowSize(WINDOW_BYTES))
            .validateHeaders(false)
            // Streams beyond what the target allows wait in the encoder.
            .encoderEnforceMaxConcurrentStreams(true)
            .gracefulShutdownTimeoutMillis(0)
            .build();
    connection.addListener(this);
  }

  /** Adds what takes part in the channel's pipeline, behind TLS if there is any. */
  void install(Channel open, boolean tls) {
    channel = open;
    open.pipeline().addLast(handler).addLast(new Ends(tls));
  }

  Http2ConnectionHandler handler() {
    return handler;
  }

  /** Returns the identifier of a new stream (RFC 9113, section 5.1.1). */
  int nextStream() {
    int stream = nextStream;
    nextStream += 2;
    return stream;
  }

  /** Lets everything leave that was written. */
  void flush(ChannelHandlerContext context) {
    // Through the codec, which holds data back until then.
    handler.flush(context);
  }

  /** Lets what was written leave as frames of its own, as far as the target's window allows. */
  void separate() {
    try {
      connection.remote().flowController().writePendingBytes();
    } catch (Http2Exception e) {
      throw new IllegalStateException("pending frames cannot be written", e);
    }
  }

  // What a close misses shows nowhere: nothing is reported any more.
  @SuppressWarnings("FutureReturnValueIgnored")
  void close() {
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean endOfStream) {
    guarded(() -> wire.headers(streamId, headers, endOfStream));
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endOfStream) {
    guarded(() -> wire.headers(streamId, headers, endOfStream));
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream) {
    int bytes = data.readableBytes() + padding;
    guarded(() -> wire.data(streamId, data, endOfStream));
    return bytes;
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
    greeted = true;
    Long value = settings.get(ENABLE_CONNECT_PROTOCOL);
    extendedConnect |= value != null && value == 1;
    guarded(wire::greeted);
  }

  boolean isGreeted() {
    return greeted;
  }

  boolean takesOtherProtocols() {
    return extendedConnect;
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode) {
    guarded(() -> wire.reset(streamId, errorCode));
  }

  @Override
  public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
    guarded(() -> wire.goAway(lastStreamId));
  }

  /** A stream that ended without an answer failed, for whatever reason. */
  @Override
  public void onStreamClosed(Http2Stream stream) {
    guarded(() -> wire.streamClosed(stream.id()));
  }

  /** The codec would take a defect of ours for one of the connection. */
  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      wire.crash(e);
    }
  }

  /** Stands behind the codec: the connection's begin and end. */
  private final class Ends extends ChannelInboundHandlerAdapter {
    private final boolean tls;

    Ends(boolean tls) {
      this.tls = tls;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      if (!tls) {
        open();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        SslHandler ssl = context.pipeline().get(SslHandler.class);
        if (!handshake.isSuccess()) {
          wire.failOpening(FailureReason.TLS_HANDSHAKE);
        } else if (ssl == null
            || !ApplicationProtocolNames.HTTP_2.equals(ssl.applicationProtocol())) {
          wire.failOpening(FailureReason.WRONG_PROTOCOL);
        } else {
          open();
        }
      }
    }

    private void open() {
      ChannelHandlerContext own = channel == null ? null : channel.pipeline().context(handler);
      if (own == null) {
        wire.ended(FailureReason.CLOSED_EARLY);
        return;
      }
      try {
        connection
            .local()
            .flowController()
            .incrementWindowSize(connection.stream(CONNECTION_STREAM), WINDOW_BYTES);
      } catch (Http2Exception e) {
        throw new IllegalStateException("window=" + WINDOW_BYTES, e);
      }
      wire.opened(own);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      wire.ended(whyGone());
    }

    /** The codec says goodbye when it cannot make sense of what came. */
    private FailureReason whyGone() {
      if (!connection.goAwaySent()) {
        return FailureReason.CLOSED_EARLY;
      }
      return greeted ? FailureReason.MALFORMED_ANSWER : FailureReason.WRONG_PROTOCOL;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // The TLS handler wraps what it cannot decode, such as an alert.
      Throwable thrown =
          cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
      if (thrown instanceof IOException failure) {
        wire.ended(WireFailures.ofMoving(failure));
      } else if (thrown instanceof RuntimeException defect) {
        wire.crash(defect);
      } else {
        context.fireExceptionCaught(cause);
      }
    }
  }
}
