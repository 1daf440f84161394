// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.Upstream;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of TLS: shows a certificate for whom the client asks, and goes on with the protocol
 * that was agreed on.
 *
 * <p><b>Threads:</b> confined to its event loop.
 */
// What a close misses shows nowhere: nothing is told any more.
@SuppressWarnings("FutureReturnValueIgnored")
final class TlsStart extends SniHandler {
  private final MockServer server;
  private final Place place;
  private @Nullable SslHandler tls;

  TlsStart(MockServer server, Place place) {
    super(
        (name, promise) -> {
          try {
            return promise.setSuccess(server.certificates().context(place, name));
          } catch (IOException e) {
            return promise.setFailure(e);
          }
        });
    this.server = server;
    this.place = place;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) throws Exception {
    super.handlerAdded(context);
    context.pipeline().addAfter(context.name(), null, new Agreed());
  }

  @Override
  protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
    SslHandler handler = super.newSslHandler(context, allocator);
    tls = handler;
    return handler;
  }

  /** Stands behind TLS until it is known what is spoken through it. */
  private final class Agreed extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
        context.fireUserEventTriggered(event);
        return;
      }
      SslHandler own = tls;
      if (!handshake.isSuccess() || own == null) {
        // Some clients close without an alert when they do not trust a certificate.
        Upstream known = place.origin() != null ? place.origin() : place.tunnel();
        server.desk().refuse(Miss.Reason.TLS_FAILED, known);
        context.close();
      } else if (ApplicationProtocolNames.HTTP_2.equals(own.applicationProtocol())) {
        Http2Mock.install(context.pipeline(), this, server, place.inTls());
      } else {
        context.pipeline().replace(this, null, new Http1Mock(server, place.inTls()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      Http1Mock.fail(server, context, cause);
    }
  }
}
