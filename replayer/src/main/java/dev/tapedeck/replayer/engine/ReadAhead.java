// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Reads request bodies that were set aside before they are due, because a disk would make requests
 * late.
 *
 * <p><b>Threads:</b> any; reading ahead has a thread of its own, where there is something to read.
 *
 * <p><b>Limits:</b> at most {@value #WINDOW_BYTES} bytes are held, or a single body that is longer.
 */
final class ReadAhead implements AutoCloseable {
  private static final long WINDOW_BYTES = 32 << 20;

  private final List<PlannedRequest> setAside = new ArrayList<>();
  private final ExecutorService executor;

  // All guarded by this.
  private final Map<Integer, HttpRequest> held = new HashMap<>();
  private final Set<Integer> taken = new HashSet<>();
  private long heldBytes;
  private boolean closed;

  ReadAhead(ReplayPlan plan) {
    for (PlannedRequest request : plan.requests()) {
      if (request.exchange().isSetAside()) {
        setAside.add(request);
      }
    }
    executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "replayer-read");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins to read, in the order of the requests. */
  void start() {
    if (!setAside.isEmpty()) {
      executor.execute(this::readAll);
    }
  }

  private void readAll() {
    for (PlannedRequest request : setAside) {
      if (!isWanted(request)) {
        continue;
      }
      HttpRequest whole = request.request();
      if (!hold(request, whole)) {
        return;
      }
    }
  }

  private synchronized boolean isWanted(PlannedRequest request) {
    return !closed && !taken.contains(request.number());
  }

  /** Waits for room; returns false when there is nothing more to do. */
  private synchronized boolean hold(PlannedRequest request, HttpRequest whole) {
    long bytes = whole.body().framed().length();
    try {
      while (!closed
          && heldBytes > 0
          && heldBytes + bytes > WINDOW_BYTES
          && !taken.contains(request.number())) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    if (!closed && !taken.contains(request.number())) {
      held.put(request.number(), whole);
      heldBytes += bytes;
    }
    return !closed;
  }

  /** Returns the recorded request with its body, which is held no longer. */
  HttpRequest take(PlannedRequest request) {
    if (!request.exchange().isSetAside()) {
      return request.request();
    }
    HttpRequest whole;
    synchronized (this) {
      taken.add(request.number());
      whole = held.remove(request.number());
      if (whole != null) {
        heldBytes -= whole.body().framed().length();
      }
      notifyAll();
    }
    return whole == null ? request.request() : whole;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    executor.shutdownNow();
  }
}
