// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.Rows;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The captures that are served, one behind the other, with rows numbered through.
 *
 * <p><b>Threads:</b> any; {@link #build} begins one of its own.
 */
final class Catalog implements Closeable {
  /** How often those that wait look again. */
  private static final long LOOK_MILLIS = 100;

  private final List<CaptureListing> listings;

  /** Guarded by this; null while all is well. */
  private @Nullable String failure;

  private volatile boolean closed;

  Catalog(List<CaptureListing> listings) {
    this.listings = List.copyOf(listings);
  }

  List<CaptureListing> listings() {
    return listings;
  }

  /** Begins to make the lists that are not there. */
  void build() {
    if (isComplete()) {
      return;
    }
    Thread builder = new Thread(this::buildAll, "web-index");
    builder.setDaemon(true);
    builder.start();
  }

  private void buildAll() {
    for (CaptureListing listing : listings) {
      try {
        listing.build();
      } catch (IOException e) {
        if (!closed) {
          fail(listing.file() + ": cannot be read whole: see 'analyzer doctor'");
        }
        return;
      } finally {
        synchronized (this) {
          notifyAll();
        }
      }
    }
  }

  private synchronized void fail(String text) {
    failure = text;
  }

  /** Returns what went wrong; null while nothing did. */
  synchronized @Nullable String failure() {
    return failure;
  }

  /** Returns whether all rows are there. */
  boolean isComplete() {
    return listings.stream().allMatch(CaptureListing::isComplete);
  }

  /** Waits until all rows are there or never will be, or the caller wants them no more. */
  synchronized void awaitComplete(BooleanSupplier stopped) throws InterruptedException {
    while (!isComplete() && failure == null && !closed && !stopped.getAsBoolean()) {
      wait(LOOK_MILLIS);
    }
  }

  /**
   * Waits until a capture has more rows than those, or the caller wants them no more.
   *
   * @return false when there are none
   */
  synchronized boolean awaitMore(CaptureListing listing, int rows, BooleanSupplier stopped)
      throws InterruptedException {
    while (!stopped.getAsBoolean()) {
      boolean complete = listing.isComplete();
      if (listing.count() > rows) {
        return true;
      }
      if (complete || failure != null || closed) {
        return false;
      }
      wait(LOOK_MILLIS);
    }
    return false;
  }

  /** Returns how many rows can be seen. */
  int count() {
    int count = 0;
    for (CaptureListing listing : listings) {
      boolean complete = listing.isComplete();
      count += listing.count();
      if (!complete) {
        break;
      }
    }
    return count;
  }

  /** A row's capture, and its number there. */
  record Place(CaptureListing listing, int base, int number) {
    Rows row() throws IOException {
      return listing.row(number);
    }

    /** Returns the id as on the command line. */
    String id(Rows row) {
      return listing.capture().qualify(row.id(0));
    }
  }

  /** Returns where a row is; null when there is none of that number. */
  @Nullable Place place(long number) {
    int base = 0;
    for (CaptureListing listing : listings) {
      boolean complete = listing.isComplete();
      int count = listing.count();
      if (number >= base && number < base + (long) count) {
        return new Place(listing, base, (int) (number - base));
      }
      if (!complete) {
        return null;
      }
      base += count;
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    synchronized (this) {
      notifyAll();
    }
    for (CaptureListing listing : listings) {
      listing.close();
    }
  }
}
