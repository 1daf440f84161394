// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import java.io.Closeable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The views that were asked for last.
 *
 * <p><b>Limits:</b> {@value #MAX_VIEWS}, each four bytes for a row; one is filled at a time.
 *
 * <p><b>Threads:</b> any.
 */
final class Views implements Closeable {
  private static final int MAX_VIEWS = 6;

  private final Catalog catalog;

  /** Guarded by this; the longest unused first. */
  private final Map<String, ListView> views = new LinkedHashMap<>(16, 0.75f, true);

  private final ExecutorService filler =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "web-filter");
            thread.setDaemon(true);
            return thread;
          });

  /** Guarded by this. */
  private int lastId;

  Views(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Returns the view of a filter and an order, which may still be filling. */
  synchronized ListView open(String expression, String sort)
      throws FilterSyntaxException, BadRequestException {
    String key = sort + "\n" + expression.strip();
    ListView known = views.get(key);
    if (known != null) {
      return known;
    }
    Filter filter = expression.isBlank() ? null : Filter.parse(expression);
    boolean descending = sort.startsWith("-");
    SortKey order = sort.isEmpty() ? null : SortKey.of(descending ? sort.substring(1) : sort);
    if (order == null && !sort.isEmpty()) {
      throw new BadRequestException("no such order", null);
    }
    lastId++;
    ListView view = new ListView(catalog, Integer.toString(lastId), filter, order, descending);
    // Whoever types asks for a new one with each word: what is still filling is stopped.
    views.values().removeIf(Views::stopUnfinished);
    views.put(key, view);
    if (views.size() > MAX_VIEWS) {
      views.remove(views.keySet().iterator().next());
    }
    if (!view.isWhole()) {
      filler.execute(view);
    }
    return view;
  }

  private static boolean stopUnfinished(ListView view) {
    if (view.isDone() || view.isWhole()) {
      return false;
    }
    view.stop();
    return true;
  }

  /** Returns a view that is still known; null when it is not. */
  synchronized @Nullable ListView get(String id) {
    for (ListView view : views.values()) {
      if (view.id().equals(id)) {
        return view;
      }
    }
    return null;
  }

  @Override
  public synchronized void close() {
    views.values().forEach(ListView::stop);
    filler.shutdownNow();
  }
}
