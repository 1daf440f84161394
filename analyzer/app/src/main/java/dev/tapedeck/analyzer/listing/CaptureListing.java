// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.export.BodyMode;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.ExchangeJson;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.analyzer.stream.HostTimes;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSummary;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.StreamOwner;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A capture as a list: rows that are there at once when its index is, and single exchanges read
 * again from the capture when they are asked for.
 *
 * <p><b>Lifecycle:</b> {@link #open}, {@link #build} on a thread of the caller's, reading at any
 * time meanwhile and after, {@link #close}, which stops what is still going on.
 *
 * <p><b>Threads:</b> any.
 */
public final class CaptureListing implements Closeable {
  private final Path file;
  private final CaptureRef capture;
  private final CaptureOpener opener;
  private final int threads;
  private final @Nullable IndexFile index;
  private final Listing listing;
  private final Clocks clocks;
  private final AtomicLong eventsRead = new AtomicLong();
  private final AtomicInteger damages = new AtomicInteger();
  private final long events;

  /** Sessions that have rows and no record yet. */
  private final Map<Integer, ConnectionInfo> open = new ConcurrentHashMap<>();

  private volatile boolean complete;
  private volatile boolean closed;

  /** Null until it was asked for. */
  private volatile @Nullable Long startEpochNanos;

  private CaptureListing(
      Path file,
      CaptureRef capture,
      CaptureOpener opener,
      int threads,
      long events,
      @Nullable IndexFile index,
      IndexFile.@Nullable Opened known) {
    this.file = file;
    this.capture = capture;
    this.opener = opener;
    this.threads = threads;
    this.events = events;
    this.index = index;
    if (known == null) {
      listing = new Listing(index == null ? new Chunks.InMemory() : index.chunks());
      clocks = new Clocks();
    } else {
      listing = known.listing();
      clocks = known.clocks();
      complete = true;
    }
  }

  /**
   * Opens a capture's index, or begins one.
   *
   * @param capture how ids name it
   * @param threads how many reconstruct
   * @param use of an encrypted capture the index is in memory, whatever this is
   */
  public static CaptureListing open(
      Path file, CaptureRef capture, CaptureOpener opener, int threads, IndexUse use)
      throws IOException {
    try (CaptureReader reader = opener.open()) {
      CaptureSummary summary = reader.summary();
      boolean onDisk = use != IndexUse.NONE && reader.encryption() == null;
      IndexFile.Opened known = onDisk ? IndexFile.open(file, reader) : null;
      IndexFile index = onDisk && known == null ? create(file, reader, use) : null;
      return new CaptureListing(file, capture, opener, threads, summary.events(), index, known);
    }
  }

  /** An index is a convenience: where it cannot be written, it is kept in memory. */
  private static @Nullable IndexFile create(Path file, CaptureReader reader, IndexUse use) {
    if (use == IndexUse.KEPT) {
      try {
        return IndexFile.create(file, reader);
      } catch (IOException e) {
        // Such as a folder that cannot be written: this time only, then.
        return createNameless(file, reader);
      }
    }
    return createNameless(file, reader);
  }

  private static @Nullable IndexFile createNameless(Path file, CaptureReader reader) {
    try {
      return IndexFile.createNameless(file, reader);
    } catch (IOException e) {
      return null;
    }
  }

  /** Returns the capture's file. */
  public Path file() {
    return file;
  }

  /** Returns how ids name it. */
  public CaptureRef capture() {
    return capture;
  }

  /** Returns how many rows there are by now. */
  public int count() {
    return listing.count();
  }

  /** Returns whether all rows are there. */
  public boolean isComplete() {
    return complete;
  }

  /** Returns how much of the capture was read, from 0 to 1. */
  public double progress() {
    return complete || events == 0 ? 1 : Math.min(1, eventsRead.get() / (double) eventsToRead());
  }

  /** Returns how many events are read to make the list: those of the capture, twice. */
  public long eventsToRead() {
    return 2 * events;
  }

  /** Returns how many damaged parts were met while the list was made. */
  public int damages() {
    return damages.get();
  }

  /**
   * Returns the row of that number.
   *
   * @throws DamagedIndexException when the index is not as it was written; it is removed then
   */
  public Rows row(int number) throws IOException {
    try {
      return listing.row(number);
    } catch (DamagedIndexException e) {
      throw unusable(e);
    }
  }

  /**
   * Returns some rows from that number on, at least one.
   *
   * @throws DamagedIndexException as {@link #row} does
   */
  public Rows rowsFrom(int number) throws IOException {
    try {
      return listing.rowsFrom(number);
    } catch (DamagedIndexException e) {
      throw unusable(e);
    }
  }

  private byte @Nullable [] session(int number) throws IOException {
    try {
      return listing.session(number);
    } catch (DamagedIndexException e) {
      throw unusable(e);
    }
  }

  private DamagedIndexException unusable(DamagedIndexException damaged) throws IOException {
    IndexFile.remove(file);
    return damaged;
  }

  /**
   * Makes the list unless it is there.
   *
   * @throws IOException when the capture cannot be read
   */
  public void build() throws IOException {
    build(read -> {});
  }

  /**
   * Makes the list unless it is there.
   *
   * @param watcher is told how many events were read, of {@link #eventsToRead}, on this thread
   * @throws IOException when the capture cannot be read
   */
  public void build(LongConsumer watcher) throws IOException {
    if (complete) {
      return;
    }
    boolean done = false;
    try (CaptureReader reader = opener.open()) {
      new SessionAnalyzer(options(threads))
          .analyze(new Counted(reader, clocks, eventsRead, watcher, () -> closed), new Builder());
      if (index != null) {
        index.commit(listing, clocks);
      } else {
        listing.finish();
      }
      done = true;
      complete = true;
    } finally {
      if (!done && index != null) {
        index.abandon();
      }
    }
  }

  private static AnalyzerOptions options(int threads) {
    return AnalyzerOptions.newBuilder().threads(threads).build();
  }

  /** Fills the list. */
  private final class Builder implements ExchangeVisitor {
    @Override
    public void exchange(Exchange exchange) throws IOException {
      open.put(exchange.sessionNumber(), exchange.connection());
      listing.add(exchange);
    }

    @Override
    public void session(SessionSummary session) throws IOException {
      listing.addSession(session.number(), record(session));
      open.remove(session.number());
    }

    @Override
    public void damage(Damage damage) {
      damages.incrementAndGet();
    }
  }

  private byte[] record(SessionSummary session) throws IOException {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    ConnectionCodec.write(session.connection(), new DataOutputStream(record));
    Json.compact(
        record, json -> new ExchangeJson(json, BodyMode.NONE).session(capture, session, () -> {}));
    return record.toByteArray();
  }

  /** Returns the JSON of a session without its exchanges; null while it is not known. */
  public byte @Nullable [] sessionJson(int number) throws IOException {
    byte[] record = session(number);
    if (record == null) {
      return null;
    }
    ByteArrayInputStream in = new ByteArrayInputStream(record);
    ConnectionCodec.read(new DataInputStream(in));
    return in.readAllBytes();
  }

  private @Nullable ConnectionInfo connection(int session) throws IOException {
    byte[] record = session(session);
    return record == null
        ? open.get(session)
        : ConnectionCodec.read(new DataInputStream(new ByteArrayInputStream(record)));
  }

  /** Takes exchanges with the numbers of their rows. */
  @FunctionalInterface
  public interface Scanner {
    /** Takes an exchange; returns false when no further one is wanted. */
    boolean exchange(int number, Exchange exchange) throws IOException;
  }

  /** Reads the whole capture again. */
  public void scan(Scanner scanner) throws IOException {
    scan(scanner, () -> false);
  }

  /**
   * Reads the whole capture again.
   *
   * @param stopped ends it; asked often, on any thread
   * @throws InterruptedIOException when it was stopped
   */
  public void scan(Scanner scanner, BooleanSupplier stopped) throws IOException {
    try (CaptureReader reader = opener.open()) {
      int[] number = new int[1];
      new SessionAnalyzer(options(threads))
          .analyze(
              new Counted(
                  reader,
                  new Clocks(),
                  new AtomicLong(),
                  read -> {},
                  () -> closed || stopped.getAsBoolean()),
              (ExchangeScan)
                  exchange -> {
                    if (!scanner.exchange(number[0]++, exchange)) {
                      throw new EnoughFoundException();
                    }
                  });
    } catch (EnoughFoundException e) {
      // All that was asked for was found.
      return;
    }
  }

  /** Returns when the capture's first event was, nanoseconds since the Unix epoch. */
  public long startEpochNanos() throws IOException {
    Long known = startEpochNanos;
    if (known == null) {
      known = readStart();
      startEpochNanos = known;
    }
    return known;
  }

  private long readStart() throws IOException {
    try (CaptureReader reader = opener.open()) {
      HostTimes times = new HostTimes();
      for (ClockEvent clock : clocks.readings()) {
        times.add(clock);
      }
      reader.read(Projection.METADATA, times::add);
      return times.startRealNanos();
    }
  }

  /** Returns the exchange of a row. */
  public Exchange exchange(int number) throws IOException {
    Rows row = listing.row(number);
    ConnectionInfo connection = connection(row.session(0));
    StreamOwner owner = connection == null ? null : ConnectionCodec.owner(connection);
    if (connection != null && owner != null) {
      try (CaptureReader reader = opener.open()) {
        Exchange found =
            new ExchangeLookup(row, connection, clocks)
                .find((range, window) -> new OneStream(reader, clocks, range, owner, window));
        if (found != null) {
          return found;
        }
      }
    }
    Exchange[] found = new Exchange[1];
    scan(
        (at, exchange) -> {
          found[0] = at == number ? exchange : null;
          return at < number;
        });
    if (found[0] == null) {
      throw new IOException(file + ": the capture has changed since it was listed: start again");
    }
    return found[0];
  }

  /** Takes exchanges only. */
  @FunctionalInterface
  interface ExchangeScan extends ExchangeVisitor {
    @Override
    default void session(SessionSummary session) {}
  }

  @Override
  public void close() throws IOException {
    closed = true;
    if (index != null && !complete) {
      index.abandon();
    }
    listing.close();
  }
}
