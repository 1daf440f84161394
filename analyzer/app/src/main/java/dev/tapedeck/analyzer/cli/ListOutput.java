// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes a list of things in the format asked for, in their own order or sorted.
 *
 * <p><b>Lifecycle:</b> {@link #add} for each, then {@link #finish}. <b>Limits:</b> without sorting
 * one thing at a time is in memory; with it the text of all, or of as many as the limit allows, is
 * in a spool.
 */
final class ListOutput<T> implements Closeable {
  private static final byte[] NEW_LINE = {'\n'};

  private final OutputStream out;
  private final OutputFormat format;
  private final String heading;
  private final Renderer<T> renderer;
  private final @Nullable SortOrder<T> order;
  private final long limit;
  private final PriorityQueue<Row> rows;
  private final Spool spool = new Spool(Spool.DEFAULT_BUFFERED_BYTES);
  private long added;
  private long written;
  private boolean begun;

  /**
   * Starts a list.
   *
   * @param out where to
   * @param format decides about what stands around the things
   * @param heading of a table
   * @param renderer of one thing
   * @param order null to keep the order in which they come
   * @param limit how many at most
   */
  ListOutput(
      OutputStream out,
      OutputFormat format,
      String heading,
      Renderer<T> renderer,
      @Nullable SortOrder<T> order,
      long limit) {
    this.out = out;
    this.format = format;
    this.heading = heading;
    this.renderer = renderer;
    this.order = order;
    this.limit = limit;
    // The row that would be written last is the head, so that it can make room for a better one.
    this.rows = new PriorityQueue<>(Comparator.<Row>naturalOrder().reversed());
  }

  /** Writes one thing, without line end. */
  @FunctionalInterface
  interface Renderer<T> {
    void render(CaptureRef capture, T item, OutputStream out) throws IOException;
  }

  /** Returns whether nothing more will be written, whatever is added. */
  boolean full() {
    return order == null && added >= limit;
  }

  /** Adds one thing. */
  void add(CaptureRef capture, T item) throws IOException {
    if (full()) {
      return;
    }
    long sequence = added++;
    if (order == null) {
      separate();
      renderer.render(capture, item, out);
      out.write(NEW_LINE);
      return;
    }
    SortOrder.@Nullable Key key = order.key(item);
    if (rows.size() >= limit) {
      Row worst = rows.peek();
      if (worst == null || order.compare(key, worst.key) >= 0) {
        return;
      }
      worst.text.discard();
      rows.poll();
    }
    Spool.Text text = spool.begin();
    renderer.render(capture, item, text);
    rows.add(new Row(order, key, sequence, text));
  }

  /** Hands what was written so far to whoever reads it. */
  void flush() throws IOException {
    out.flush();
  }

  /** Writes what was kept for sorting, and the end. */
  void finish() throws IOException {
    begin();
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(null);
    for (Row row : sorted) {
      separate();
      row.text.moveTo(out);
      out.write(NEW_LINE);
    }
    if (format == OutputFormat.JSON) {
      out.write("]\n".getBytes(StandardCharsets.UTF_8));
    }
    out.flush();
  }

  /** Forgets what was kept for sorting. */
  @Override
  public void close() throws IOException {
    spool.close();
  }

  /** Nothing is written before something was found, so that an error leaves no empty list. */
  private void begin() throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    if (format == OutputFormat.TABLE) {
      out.write((heading + "\n").getBytes(StandardCharsets.UTF_8));
    } else if (format == OutputFormat.JSON) {
      out.write("[\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  private void separate() throws IOException {
    begin();
    if (format == OutputFormat.JSON && written > 0) {
      out.write(',');
    }
    written++;
  }

  private static final class Row implements Comparable<Row> {
    private final SortOrder<?> order;
    private final SortOrder.@Nullable Key key;
    private final long sequence;
    private final Spool.Text text;

    Row(SortOrder<?> order, SortOrder.@Nullable Key key, long sequence, Spool.Text text) {
      this.order = order;
      this.key = key;
      this.sequence = sequence;
      this.text = text;
    }

    @Override
    public int compareTo(Row other) {
      int byKey = order.compare(key, other.key);
      return byKey != 0 ? byKey : Long.compare(sequence, other.sequence);
    }
  }
}
