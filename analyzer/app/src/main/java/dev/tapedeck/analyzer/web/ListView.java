// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.listing.Rows;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the list: all, those that a filter means, or either in an order.
 *
 * <p><b>Threads:</b> one fills it, any look.
 */
abstract class ListView {
  private final String id;

  ListView(String id) {
    this.id = id;
  }

  final String id() {
    return id;
  }

  abstract boolean isDone();

  /** Returns how many rows were looked at. */
  abstract int scanned();

  abstract int total();

  /** Returns what the person who asked should know; null when nothing. */
  abstract @Nullable String problem();

  /** Returns the numbers of the rows of these places. */
  abstract int[] range(int from, int to);

  /** Returns where a row is; −1 when the view does not show it. */
  abstract int indexOf(int number);

  /** Returns the bytes that it takes. */
  abstract long bytes();

  /** Looks at rows of ascending numbers. */
  interface RowVisitor {
    /** Takes a row; returns false when no further one is wanted. */
    boolean row(Rows rows, int i) throws IOException;
  }

  /** The list as it is. */
  static final class Whole extends ListView {
    private final Catalog catalog;

    Whole(String id, Catalog catalog) {
      super(id);
      this.catalog = catalog;
    }

    @Override
    boolean isDone() {
      return catalog.isComplete() || catalog.failure() != null;
    }

    @Override
    int scanned() {
      return catalog.count();
    }

    @Override
    int total() {
      return catalog.count();
    }

    @Override
    @Nullable String problem() {
      return null;
    }

    @Override
    int[] range(int from, int to) {
      int end = Math.min(to, catalog.count());
      int[] all = new int[Math.max(0, end - from)];
      for (int i = 0; i < all.length; i++) {
        all[i] = from + i;
      }
      return all;
    }

    @Override
    int indexOf(int number) {
      return number;
    }

    @Override
    long bytes() {
      return 0;
    }
  }

  /** A list that has to be made. */
  abstract static class Made extends ListView implements Runnable {
    final Numbers numbers = new Numbers();

    private final CountDownLatch end = new CountDownLatch(1);

    private volatile boolean started;
    private volatile boolean stopped;
    private volatile @Nullable String problem;

    Made(String id) {
      super(id);
    }

    /** Makes it, unless it was made; waits while another thread does. */
    @Override
    public synchronized void run() {
      if (isDone()) {
        return;
      }
      try {
        fill();
      } catch (BadRequestException e) {
        problem = e.getMessage();
      } catch (InterruptedIOException e) {
        problem = "stopped";
      } catch (IOException e) {
        problem = "the capture could not be read";
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        problem = "stopped";
      }
      end.countDown();
    }

    abstract void fill() throws IOException, InterruptedException;

    /** Waits until it is done, or some time has passed; returns whether it is. */
    boolean awaitDone(long millis) throws InterruptedException {
      return end.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Has it made; does so once. */
    void start(Executor makers) {
      started = true;
      makers.execute(this);
    }

    /** Returns whether {@link #start} was called. */
    boolean isStarted() {
      return started;
    }

    /** Ends its making soon. */
    void stop() {
      stopped = true;
    }

    boolean isStopped() {
      return stopped;
    }

    @Override
    boolean isDone() {
      return end.getCount() == 0;
    }

    @Override
    int total() {
      return numbers.size();
    }

    @Override
    @Nullable String problem() {
      return problem;
    }

    @Override
    int[] range(int from, int to) {
      return numbers.range(from, to);
    }

    @Override
    int indexOf(int number) {
      return numbers.indexOf(number);
    }

    @Override
    long bytes() {
      return numbers.bytes();
    }
  }

  /** What a filter means. */
  static final class Filtered extends Made {
    private final Selection selection;

    Filtered(String id, Catalog catalog, Filter filter) {
      super(id);
      this.selection = new Selection(catalog, filter, numbers, this::isStopped);
    }

    @Override
    void fill() throws IOException, InterruptedException {
      selection.run();
    }

    @Override
    int scanned() {
      return selection.scanned();
    }
  }

  /** Another list in an order. */
  static final class Ordered extends Made {
    private final Catalog catalog;
    private final ListView rows;
    private final SortKey key;
    private final boolean descending;

    Ordered(String id, Catalog catalog, ListView rows, SortKey key, boolean descending) {
      super(id);
      this.catalog = catalog;
      this.rows = rows;
      this.key = key;
      this.descending = descending;
    }

    /** Returns the list whose rows it has. */
    ListView rows() {
      return rows;
    }

    @Override
    int scanned() {
      return rows.scanned();
    }

    @Override
    @Nullable String problem() {
      String own = super.problem();
      return own == null ? rows.problem() : own;
    }

    @Override
    void fill() throws IOException, InterruptedException {
      catalog.awaitComplete(this::isStopped);
      if (rows instanceof Made made) {
        made.run();
      }
      int[] unordered = rows.range(0, rows.total());
      SortKey.Collector keys = key.new Collector(unordered.length);
      new RowWalk(catalog)
          .walk(
              unordered,
              (chunk, i) -> {
                keys.add(chunk, i);
                return !isStopped();
              });
      if (isStopped()) {
        return;
      }
      int[] order = keys.order(descending);
      int[] sorted = new int[unordered.length];
      for (int i = 0; i < sorted.length; i++) {
        sorted[i] = unordered[order[i]];
      }
      numbers.replaceBy(sorted);
    }
  }
}
