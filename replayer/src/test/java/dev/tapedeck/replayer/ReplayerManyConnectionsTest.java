// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Session;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.engine.Transport;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.target.Target;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Thousands of connections that are open at the same time, on the threads of a few. */
final class ReplayerManyConnectionsTest {
  private static final int CONNECTIONS = 5000;

  @Test
  void run_thousandsOfQuietConnections_areAllOpenAtOnceOnFewThreads() throws Exception {
    Session[] sessions = new Session[CONNECTIONS];
    Arrays.setAll(
        sessions,
        i -> TestPlans.served(i + 1, i / 4, 2500, TestPlans.get("/first"), TestPlans.get("/last")));
    ReplayPlan plan = TestPlans.plan(PlanOptions.defaults(), sessions);
    try (Server server = new Server()) {
      // Its own, and those of earlier tests that are about to end.
      Set<String> before = loops();
      Set<String> threads = new TreeSet<>();
      ReplayReport report =
          new Replayer(
                  plan,
                  ReplayOptions.newBuilder(
                          new Target(false, "127.0.0.1", server.address().getPort()))
                      .rehearse(false)
                      .build(),
                  server.address())
              .run(progress -> threads.addAll(loops()));
      assertThat(report.failed()).isEmpty();
      assertThat(report.equal()).isEqualTo(2 * CONNECTIONS);
      assertThat(report.connectionsOpened()).isEqualTo(CONNECTIONS);
      assertThat(report.connectionsReopened()).isZero();
      assertThat(server.mostOpen.get()).isEqualTo(CONNECTIONS);
      threads.removeAll(before);
      int expected = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
      assertThat(threads).hasSizeBetween(1, expected);
    }
  }

  private static Set<String> loops() {
    Set<String> names = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("replayer-io")) {
        names.add(thread.getName());
      }
    }
    return names;
  }

  /**
   * Answers everything with {@code ok}, on one thread: first requests at once, and last ones when
   * all connections are open, so that these are open together however long it takes to open them.
   */
  private static final class Server implements AutoCloseable {
    private final EventLoopGroup group = Transport.newGroup(1);
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final Deque<ChannelHandlerContext> waiting = new ArrayDeque<>(); // on that thread only
    private final Channel listener;

    Server() throws InterruptedException {
      listener =
          new ServerBootstrap()
              .group(group)
              .channel(Transport.serverChannel())
              .option(ChannelOption.SO_BACKLOG, 4096)
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
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

    @Override
    public void close() {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What is not answered fails at the replayer.
    private final class Answering extends ChannelInboundHandlerAdapter {
      @Override
      public void channelActive(ChannelHandlerContext context) {
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        while (mostOpen.get() == CONNECTIONS && !waiting.isEmpty()) {
          answer(waiting.poll());
        }
      }

      @Override
      public void channelInactive(ChannelHandlerContext context) {
        open.decrementAndGet();
      }

      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        boolean last = bytes.toString(StandardCharsets.US_ASCII).startsWith("GET /last");
        bytes.release();
        if (last && mostOpen.get() < CONNECTIONS) {
          waiting.add(context);
        } else {
          answer(context);
        }
      }

      private void answer(ChannelHandlerContext context) {
        context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), TestPlans.OK));
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
      }
    }
  }
}
