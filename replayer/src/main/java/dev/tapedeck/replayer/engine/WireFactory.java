// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens connections to the target. */
final class WireFactory {
  private final InetSocketAddress address;
  private final ReplayOptions options;
  private final TlsContexts tls;
  private final Bootstrap prototype;

  WireFactory(InetSocketAddress address, ReplayOptions options, TlsContexts tls) {
    this.address = address;
    this.options = options;
    this.tls = tls;
    this.prototype = Transport.newBootstrap(options.connectTimeout());
  }

  /** Begins to open an HTTP/1 connection; it tells the runner how that went. */
  Wire connect(ReplayRun run, WireOwner runner, LoopRunner loop) {
    SslContext context = tls.http1();
    return connect(run, loop, new Http1Wire(run, runner, loop, context != null), context);
  }

  /** Begins to open an HTTP/2 connection; it tells the runner how that went. */
  Wire connectStreams(ReplayRun run, WireOwner runner, LoopRunner loop) {
    SslContext context = tls.http2();
    return connect(run, loop, new Http2Wire(run, runner, loop, context != null), context);
  }

  private Wire connect(ReplayRun run, LoopRunner loop, Wire wire, @Nullable SslContext context) {
    ChannelFuture connecting =
        prototype
            .clone(loop.loop())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (context != null) {
                      channel.pipeline().addLast(tlsHandler(context, channel));
                    }
                    wire.install(channel);
                  }
                })
            .connect(address);
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            try {
              wire.connectFailed(done.cause());
            } catch (RuntimeException e) {
              run.crash(e);
            }
          }
        });
    return wire;
  }

  private SslHandler tlsHandler(SslContext context, Channel channel) {
    SslHandler handler =
        context.newHandler(channel.alloc(), options.serverName(), options.target().port());
    handler.setHandshakeTimeout(options.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
    return handler;
  }
}
