// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBTableFunctionState;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a table: a thread reconstructs the captures and fills batches, the query takes
 * them.
 *
 * <p><b>Lifecycle:</b> begins with the first {@link #next}, ends with the last row or with {@link
 * #close}. <b>Threads:</b> next and close are called by the database's, one at a time; {@link
 * #stop} by any.
 *
 * <p><b>Limits:</b> at most {@value #BATCHES_IN_FLIGHT} batches wait.
 */
final class Scan<R> implements DuckDBTableFunctionState {
  private static final int BATCHES_IN_FLIGHT = 3;
  private static final long LOOK_MILLIS = 50;

  private final Table<R> table;
  private final List<Column<R>> columns;
  private final List<CaptureInput> inputs;
  private final LearnedEndpoints endpoints;
  private final BlockingQueue<RowBatch<R>> queue = new ArrayBlockingQueue<>(BATCHES_IN_FLIGHT);
  private final RowBatch<R> end;
  private volatile boolean stopped;
  private volatile boolean complete;
  private volatile @Nullable Exception failure;
  private @Nullable Thread reader;

  /** Prepares a reading of these columns. */
  Scan(
      Table<R> table,
      List<Column<R>> columns,
      List<CaptureInput> inputs,
      LearnedEndpoints endpoints) {
    this.table = table;
    this.columns = columns;
    this.inputs = inputs;
    this.endpoints = endpoints;
    this.end = new RowBatch<>(List.of());
  }

  /**
   * Returns the next rows; null behind the last.
   *
   * @throws IOException when a capture cannot be read, or the query was cancelled
   */
  @Nullable RowBatch<R> next() throws IOException, InterruptedException {
    if (reader == null) {
      Thread thread = new Thread(this::read, "sql-scan-" + table.name());
      thread.setDaemon(true);
      reader = thread;
      thread.start();
    }
    RowBatch<R> batch = null;
    while (batch == null) {
      if (stopped) {
        throw new OpenCapture.UnwantedException();
      }
      batch = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
    if (batch != end) {
      return batch;
    }
    Exception failed = failure;
    if (failed != null) {
      throw new IOException(failed.getMessage(), failed);
    } else if (!complete) {
      throw new IOException("reading ended early, for want of memory as a rule");
    }
    return null;
  }

  /** Returns why the captures could not be read; null when they could, or nobody wanted more. */
  @Nullable Exception failure() {
    return failure instanceof OpenCapture.UnwantedException ? null : failure;
  }

  /** Ends the reading: nobody wants the rest. */
  void stop() {
    stopped = true;
  }

  @Override
  public void close() {
    stop();
  }

  private void read() {
    try {
      Set<String> wanted = new HashSet<>();
      columns.forEach(column -> wanted.add(column.name()));
      Filler filler = new Filler();
      for (CaptureInput input : inputs) {
        table.rows().read(new OpenCapture(input, () -> stopped, endpoints), wanted, filler);
      }
      filler.flush();
      complete = true;
    } catch (IOException | RuntimeException e) {
      failure = e;
    } finally {
      // Also after an error of the virtual machine: whoever waits must not wait for ever.
      putEnd();
    }
  }

  private void putEnd() {
    try {
      put(end);
    } catch (OpenCapture.UnwantedException e) {
      // Nobody waits for the end either.
      stopped = true;
    }
  }

  private void put(RowBatch<R> batch) throws OpenCapture.UnwantedException {
    try {
      while (!queue.offer(batch, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (stopped) {
          throw new OpenCapture.UnwantedException();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OpenCapture.UnwantedException();
    }
  }

  private final class Filler implements Table.Sink<R> {
    private RowBatch<R> batch = new RowBatch<>(columns);

    @Override
    public void row(R row) throws IOException {
      batch.add(row);
      if (batch.isFull()) {
        flush();
      }
    }

    void flush() throws IOException {
      if (batch.rows() > 0) {
        put(batch);
        batch = new RowBatch<>(columns);
      }
    }
  }
}
