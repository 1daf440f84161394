// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rehearsal;

import dev.tapedeck.replayer.certificate.IssuedCertificate;
import dev.tapedeck.replayer.engine.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The other side of a rehearsal: answers everything that comes with the same bytes. */
final class RehearsalServer implements AutoCloseable {
  private static final byte[] ANSWER =
      """
      HTTP/1.1 200 OK\r
      Date: Wed, 06 Nov 2024 08:49:37 GMT\r
      Content-Type: application/json\r
      Transfer-Encoding: chunked\r
      \r
      10\r
      {"a": [1, 2, 4]}\r
      0\r
      \r
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final EventLoopGroup group = Transport.newGroup(1);
  private final Channel listener;

  /**
   * Starts to listen.
   *
   * @param certificate null for no TLS
   */
  RehearsalServer(@Nullable IssuedCertificate certificate)
      throws IOException, InterruptedException {
    SslContext tls =
        certificate == null
            ? null
            : SslContextBuilder.forServer(certificate.key(), certificate.chain()).build();
    listener =
        new ServerBootstrap()
            .group(group)
            .channel(Transport.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel.pipeline().addLast(new Answering());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Ends listener, connections and thread. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  /** Requests of a rehearsal fit into one segment and are not pipelined. */
  // What a rehearsal's client misses shows there.
  @SuppressWarnings("FutureReturnValueIgnored")
  private static final class Answering extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ((ByteBuf) message).release();
      context.writeAndFlush(context.alloc().buffer(ANSWER.length).writeBytes(ANSWER));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
