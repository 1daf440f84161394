// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Finds out what a client speaks: TLS, HTTP/2 without TLS, or HTTP/1. So every listener, and every
 * tunnel, takes all of them.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
final class FirstBytes extends ByteToMessageDecoder {
  /** RFC 8446, section 5.1. */
  private static final int HANDSHAKE_RECORD = 0x16;

  /** RFC 9113, section 3.4. */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final MockServer server;
  private final Place place;

  FirstBytes(MockServer server, Place place) {
    this.server = server;
    this.place = place;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int at = in.readerIndex();
    if (in.getByte(at) == HANDSHAKE_RECORD) {
      TlsStart tls = new TlsStart(server, place);
      context.pipeline().replace(this, null, tls);
      return;
    }
    int length = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < length; i++) {
      if (in.getByte(at + i) != PREFACE[i]) {
        context.pipeline().replace(this, null, new Http1Mock(server, place));
        return;
      }
    }
    if (length == PREFACE.length) {
      Http2Mock.install(context.pipeline(), this, server, place);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Http1Mock.fail(server, context, cause);
  }
}
