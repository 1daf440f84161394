// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan against a target: every request at max(due, ready) on one absolute schedule.
 *
 * <p><b>Lifecycle:</b> {@link #run} once.
 *
 * <p><b>Threads:</b> {@link #run} blocks its caller; {@link #stop} may be called from any thread.
 */
public final class Replayer {
  /** From the start of the event loops to the origin: what is due at 0 is not late. */
  private static final long HEAD_START_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long PROGRESS_MILLIS = 200;

  private final ReplayPlan plan;
  private final ReplayOptions options;
  private final InetSocketAddress address;
  private final NanoClock clock;
  private final @Nullable SslContext tls;
  private volatile @Nullable ReplayRun running;
  private volatile boolean stopped;

  /**
   * Creates a replayer.
   *
   * @param address of the target, resolved
   * @throws IOException when TLS cannot be set up
   */
  public Replayer(ReplayPlan plan, ReplayOptions options, InetSocketAddress address)
      throws IOException {
    this(plan, options, address, TlsContexts.of(options));
  }

  /** As the public one, with other trust than the options say. */
  Replayer(
      ReplayPlan plan, ReplayOptions options, InetSocketAddress address, @Nullable SslContext tls) {
    this.plan = plan;
    this.options = options;
    this.address = address;
    this.clock = NanoClock.SYSTEM;
    this.tls = tls;
  }

  /**
   * Sends what is planned and waits for the answers.
   *
   * @param progress called about five times a second on the calling thread
   * @throws IOException when the rehearsal cannot be held
   * @throws InterruptedException when the calling thread was interrupted
   */
  public ReplayReport run(Consumer<ReplayProgress> progress)
      throws IOException, InterruptedException {
    if (options.rehearse() && !stopped && !plan.requests().isEmpty()) {
      Rehearsal.run(options);
    }
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    EventLoopGroup group = Transport.newGroup(threads);
    try (ComparisonQueue comparisons = new ComparisonQueue(options)) {
      long earliestOpen =
          plan.connections().stream().mapToLong(PlannedConnection::openNanos).min().orElse(0);
      long origin = clock.nanoTime() + HEAD_START_NANOS - Math.min(0, earliestOpen);
      ReplayRun run = new ReplayRun(plan, options, clock, origin, comparisons);
      running = run;
      if (stopped) {
        run.stop(SkipReason.INTERRUPTED);
      }
      List<LoopRunner> loops = start(run, group, threads, new WireFactory(address, options, tls));
      await(run, progress);
      for (LoopRunner loop : loops) {
        loop.loop().execute(loop::closeAll);
      }
      comparisons.finish();
      return new ReportBuilder(run, comparisons).build();
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(2, TimeUnit.SECONDS);
    }
  }

  /** Sends nothing more; {@link #run} returns when what is on its way has been settled. */
  public void stop() {
    stopped = true;
    ReplayRun run = running;
    if (run != null) {
      run.stop(SkipReason.INTERRUPTED);
    }
  }

  private List<LoopRunner> start(
      ReplayRun run, EventLoopGroup group, int threads, WireFactory wires) {
    boolean max = plan.pace() instanceof Pace.Max;
    ConnectionSource shared = new ConnectionSource(plan.connections());
    List<LoopRunner> loops = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      EventLoop loop = group.next();
      LoopRunner runner;
      int connections;
      if (max) {
        runner = new LoopRunner(run, loop, wires, shared);
        connections = (options.concurrency() + threads - 1 - i) / threads;
      } else {
        List<PlannedConnection> own = everyNth(plan.connections(), i, threads);
        runner = new LoopRunner(run, loop, wires, new ConnectionSource(own));
        connections = own.size();
      }
      loops.add(runner);
      loop.execute(() -> runner.start(connections));
    }
    return loops;
  }

  private static List<PlannedConnection> everyNth(
      List<PlannedConnection> connections, int first, int step) {
    List<PlannedConnection> own = new ArrayList<>();
    for (int i = first; i < connections.size(); i += step) {
      own.add(connections.get(i));
    }
    return own;
  }

  private static void await(ReplayRun run, Consumer<ReplayProgress> progress)
      throws InterruptedException {
    while (true) {
      try {
        run.over().get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        progress.accept(run.progress());
      } catch (ExecutionException e) {
        throw new IllegalStateException("replay ended by a defect", e.getCause());
      }
    }
  }
}
