// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.replayer.certificate.CertificateAuthority;
import dev.tapedeck.replayer.engine.NanoClock;
import dev.tapedeck.replayer.engine.Transport;
import dev.tapedeck.replayer.mock.CallBook;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.MockOptions;
import dev.tapedeck.replayer.mock.Upstream;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves recorded answers: as a forward proxy, plain and with CONNECT, and as one origin for each
 * recorded service. Every listener takes HTTP/1, HTTP/2 and TLS.
 *
 * <p><b>Lifecycle:</b> {@link #listen} as often as needed, {@link #close} once.
 *
 * <p><b>Threads:</b> its own; the methods may be called from any.
 */
public final class MockServer implements AutoCloseable {
  private static final int THREADS = 2;

  private final EventLoopGroup group = Transport.newGroup(THREADS);
  private final NanoClock clock;
  private final Desk desk;
  private final MockCertificates certificates;

  /** By the ports where they are served. */
  private final Map<Integer, Upstream> origins = new ConcurrentHashMap<>();

  /**
   * Makes a server that listens nowhere yet.
   *
   * @param onMiss called for each miss on the thread of its connection
   */
  public MockServer(
      CallBook book,
      MockOptions options,
      CertificateAuthority authority,
      NanoClock clock,
      Consumer<Miss> onMiss) {
    this.desk = new Desk(book, options, onMiss);
    this.certificates = new MockCertificates(authority, book);
    this.clock = clock;
  }

  /**
   * Listens at an address.
   *
   * @param origin the service that it stands for there; null for the proxy
   * @return the address, with the port that was chosen when none was named
   * @throws IOException when the address cannot be had
   */
  public InetSocketAddress listen(InetSocketAddress address, @Nullable Upstream origin)
      throws IOException {
    MockServer own = this;
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(Transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new FirstBytes(own, new Place(origin, null, false)));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      BindException failure =
          new BindException(
              "cannot listen on "
                  + address.getHostString()
                  + ":"
                  + address.getPort()
                  + ": "
                  + bound.cause().getMessage());
      failure.initCause(bound.cause());
      throw failure;
    }
    InetSocketAddress local = (InetSocketAddress) bound.channel().localAddress();
    if (origin != null) {
      origins.put(local.getPort(), origin);
    }
    return local;
  }

  /**
   * Returns the service that stands behind a name: clients that use the proxy for everything ask it
   * for the mock's own origins too.
   */
  @Nullable Upstream behind(@Nullable Upstream named) {
    if (named != null && MockCertificates.THIS_HOST.contains(named.host())) {
      Upstream origin = origins.get(named.port());
      return origin == null ? named : origin;
    }
    return named;
  }

  Desk desk() {
    return desk;
  }

  MockCertificates certificates() {
    return certificates;
  }

  long nanos() {
    return clock.nanoTime();
  }

  /** Returns what was asked so far. */
  public MockAccount account() {
    return desk.account();
  }

  /** Returns a defect of the mock that came to light; null when there was none. */
  public @Nullable RuntimeException defect() {
    return desk.defect();
  }

  /** Ends listeners, connections and threads. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
