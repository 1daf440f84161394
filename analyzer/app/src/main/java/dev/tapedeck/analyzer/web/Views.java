// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import java.io.Closeable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The views that were asked for last: whoever asks for the same filter and order again gets the
 * same view.
 *
 * <p>A view that is still being made and that no page waits for any more is stopped. A page is told
 * from another by a name that it makes up.
 *
 * <p><b>Limits:</b> {@value #MAX_VIEWS} views that are not more than {@value #MAX_BYTES} bytes
 * together, besides the last one; {@value #MAX_PAGES} pages can wait.
 *
 * <p><b>Threads:</b> any; two of its own make views.
 */
final class Views implements Closeable {
  private static final int MAX_VIEWS = 32;
  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_PAGES = 8;
  private static final int THREADS = 2;

  /** So short that a page need not ask twice for what is found at once. */
  private static final long PATIENCE_MILLIS = 200;

  private final Catalog catalog;
  private final ListView whole;

  /** By filter and order; guarded by this; the longest unused first. */
  private final Map<String, ListView.Made> views = new LinkedHashMap<>(16, 0.75f, true);

  /** What each page asked for last; guarded by this; the longest silent one first. */
  private final Map<String, ListView> wanted = new LinkedHashMap<>(16, 0.75f, true);

  private final ExecutorService makers;

  /** Guarded by this. */
  private int lastId;

  Views(Catalog catalog) {
    this.catalog = catalog;
    this.whole = new ListView.Whole("0", catalog);
    AtomicInteger number = new AtomicInteger();
    this.makers =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "web-filter-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Returns the view of a filter and an order, which may still be in the making.
   *
   * @param page who asks; what it asked for before is not waited for any more
   */
  ListView open(String expression, String sort, String page)
      throws FilterSyntaxException, BadRequestException {
    ListView view = find(expression, sort, page);
    if (view instanceof ListView.Made made) {
      try {
        made.awaitDone(PATIENCE_MILLIS);
      } catch (InterruptedException e) {
        // The server ends.
        Thread.currentThread().interrupt();
      }
    }
    return view;
  }

  private synchronized ListView find(String expression, String sort, String page)
      throws FilterSyntaxException, BadRequestException {
    String filter = expression.strip();
    ListView rows = filter.isEmpty() ? whole : filtered(filter);
    ListView view = sort.isEmpty() ? rows : ordered(rows, filter, sort);
    wanted.put(page, view);
    if (wanted.size() > MAX_PAGES) {
      wanted.remove(wanted.keySet().iterator().next());
    }
    stopUnwanted();
    forget(view);
    if (view instanceof ListView.Made made && !made.isStarted()) {
      made.start(makers);
    }
    return view;
  }

  private ListView filtered(String filter) throws FilterSyntaxException {
    ListView.Made known = views.get("\n" + filter);
    if (known == null) {
      known = new ListView.Filtered(nextId(), catalog, Filter.parse(filter));
      views.put("\n" + filter, known);
    }
    return known;
  }

  private ListView ordered(ListView rows, String filter, String sort) throws BadRequestException {
    String key = sort + "\n" + filter;
    ListView.Made known = views.get(key);
    if (known == null) {
      boolean descending = sort.startsWith("-");
      SortKey order = SortKey.of(descending ? sort.substring(1) : sort);
      if (order == null) {
        throw new BadRequestException("no such order", null);
      }
      known = new ListView.Ordered(nextId(), catalog, rows, order, descending);
      views.put(key, known);
    }
    return known;
  }

  private String nextId() {
    lastId++;
    return Integer.toString(lastId);
  }

  /** Whoever types asks for a new one with each word. */
  private void stopUnwanted() {
    Iterator<ListView.Made> each = views.values().iterator();
    while (each.hasNext()) {
      ListView.Made view = each.next();
      if (!view.isDone() && !isWanted(view)) {
        view.stop();
        each.remove();
      }
    }
  }

  private boolean isWanted(ListView view) {
    for (ListView each : wanted.values()) {
      if (each.equals(view) || (each instanceof ListView.Ordered o && o.rows().equals(view))) {
        return true;
      }
    }
    return false;
  }

  private void forget(ListView last) {
    long bytes = views.values().stream().mapToLong(ListView::bytes).sum();
    Iterator<ListView.Made> oldest = views.values().iterator();
    while (oldest.hasNext() && (bytes > MAX_BYTES || views.size() > MAX_VIEWS)) {
      ListView.Made view = oldest.next();
      // What others are made from has to be whole.
      boolean isNeeded = view.equals(last) || (!view.isDone() && isWanted(view));
      if (!isNeeded) {
        view.stop();
        bytes -= view.bytes();
        oldest.remove();
      }
    }
  }

  /** Returns a view that is still known; null when it is not. */
  synchronized @Nullable ListView get(String id) {
    if (whole.id().equals(id)) {
      return whole;
    }
    for (ListView view : views.values()) {
      if (view.id().equals(id)) {
        return view;
      }
    }
    return null;
  }

  @Override
  public synchronized void close() {
    views.values().forEach(ListView.Made::stop);
    makers.shutdownNow();
  }
}
