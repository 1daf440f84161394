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
  private final @Nullable SslContext tls;
  private final Bootstrap prototype;

  WireFactory(InetSocketAddress address, ReplayOptions options, @Nullable SslContext tls) {
    this.address = address;
    this.options = options;
    this.tls = tls;
    this.prototype = Transport.newBootstrap(options.connectTimeout());
  }

  /** Begins to open a connection; it tells the runner how that went. */
  Wire connect(ReplayRun run, WireOwner runner, LoopRunner loop) {
    Wire wire = new Http1Wire(run, runner, loop, tls != null);
    ChannelFuture connecting =
        prototype
            .clone(loop.loop())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tlsHandler(tls, channel));
                    }
                    channel.pipeline().addLast(wire.handler());
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
        context.newHandler(channel.alloc(), options.target().host(), options.target().port());
    handler.setHandshakeTimeout(options.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
    return handler;
  }
}
