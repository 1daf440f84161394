// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Lets a stream of HTTP/2 carry bytes as a connection does: what is written becomes DATA, and
 * closing ends this side of the stream (RFC 8441, section 5).
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
// Writes report their failures to the stream, which is closed then.
@SuppressWarnings("FutureReturnValueIgnored")
final class DataFrames extends ChannelDuplexHandler {
  private boolean ended;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof Http2DataFrame data) {
      boolean last = data.isEndStream();
      context.fireChannelRead(data.content());
      if (last) {
        end(context, context.newPromise());
      }
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    context.write(
        message instanceof ByteBuf bytes ? new DefaultHttp2DataFrame(bytes, false) : message,
        promise);
  }

  /** The stream is gone when the client has ended its side, too. */
  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    end(context, promise);
  }

  private void end(ChannelHandlerContext context, ChannelPromise promise) {
    if (ended) {
      context.close(promise);
      return;
    }
    ended = true;
    context.writeAndFlush(new DefaultHttp2DataFrame(true), promise);
  }
}
