// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import dev.tapedeck.analyzer.text.SafeText;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * A live line that tells how far long work has come, at what rate, and how long it will still take;
 * nothing where nobody looks.
 *
 * <p>The line is one at a time, also when several things are read one after another or at once: the
 * last one that reports has it. It shows after a moment, so that short work shows none.
 *
 * <p><b>Threads:</b> safe for use by several.
 */
public final class ProgressMeter {
  private static final long MILLIS_BETWEEN_LINES = 200;

  /** How long the rate remembers. */
  private static final double RATE_MILLIS = 5000;

  private static final double MILLIS_PER_SECOND = 1000;
  private static final int MAX_NAME_COLUMNS = 30;
  private static final String ERASE_LINE = "\r\u001b[K";

  private final PrintStream err;
  private final InstantSource clock;
  private final BooleanSupplier wanted;
  private boolean lineVisible;

  /**
   * Makes a meter.
   *
   * @param err the terminal
   * @param wanted asked before each line
   */
  public ProgressMeter(PrintStream err, InstantSource clock, BooleanSupplier wanted) {
    this.err = err;
    this.clock = clock;
    this.wanted = wanted;
  }

  /** What is counted. */
  public enum Unit {
    /** Events of a capture. */
    EVENTS,
    /** Bytes of a file. */
    BYTES
  }

  /**
   * Begins some work.
   *
   * @param verb such as {@code reading}
   * @param name of what; escaped here
   * @param total how much there is of it; 0 when that is not known
   */
  public Work begin(String verb, String name, long total, Unit unit) {
    String shown = DisplayWidth.cut(SafeText.escape(name), MAX_NAME_COLUMNS);
    return new Work(verb + " " + shown + ": ", total, unit);
  }

  /** Takes the line away, because something else is about to be written. */
  public synchronized void pause() {
    if (lineVisible) {
      err.print(ERASE_LINE);
      err.flush();
      lineVisible = false;
    }
  }

  private synchronized void show(String line) {
    err.print(ERASE_LINE + line);
    err.flush();
    lineVisible = true;
  }

  /**
   * Some work.
   *
   * <p><b>Threads:</b> as the meter.
   */
  public final class Work implements AutoCloseable {
    private final String title;
    private final long total;
    private final Unit unit;
    private long nextLineMillis;
    private long lastMillis;
    private long lastDone;

    /** Per millisecond; negative before the first line. */
    private double rate = -1;

    private Work(String title, long total, Unit unit) {
      this.title = title;
      this.total = total;
      this.unit = unit;
      if (wanted.getAsBoolean()) {
        lastMillis = clock.millis();
        nextLineMillis = lastMillis + MILLIS_BETWEEN_LINES;
      }
    }

    /** Tells how much is done, from the start on. */
    public void at(long done) {
      if (!wanted.getAsBoolean()) {
        return;
      }
      String line;
      synchronized (ProgressMeter.this) {
        long now = clock.millis();
        if (now < nextLineMillis) {
          return;
        }
        nextLineMillis = now + MILLIS_BETWEEN_LINES;
        double elapsed = Math.max(1, now - lastMillis);
        double recent = Math.max(0, done - lastDone) / elapsed;
        rate = rate < 0 ? recent : rate + (recent - rate) * Math.min(1, elapsed / RATE_MILLIS);
        lastMillis = now;
        lastDone = done;
        line = line(done);
      }
      show(line);
    }

    /** Ends it. */
    @Override
    public void close() {
      pause();
    }

    private String line(long done) {
      StringBuilder line = new StringBuilder(title).append(amount(done));
      if (total > 0) {
        line.append(" of ").append(amount(total));
      }
      line.append(unit == Unit.EVENTS ? " events" : "");
      if (total > 0) {
        line.append(", ").append(Math.min(100, Math.round(100.0 * done / total))).append(" %");
      }
      line.append(", ").append(amount(Math.round(rate * MILLIS_PER_SECOND))).append("/s");
      if (total > done && rate > 0) {
        long seconds = (long) Math.ceil((total - done) / rate / MILLIS_PER_SECOND);
        line.append(", ").append(timeLeft(seconds)).append(" left");
      }
      return line.toString();
    }

    private String amount(long count) {
      return unit == Unit.BYTES ? Human.bytes(count) : Long.toString(count);
    }
  }

  /** Returns such as {@code 8 s}, {@code 3:05 min} or {@code 2:00 h}. */
  static String timeLeft(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    boolean hours = seconds >= 3600;
    long large = hours ? seconds / 3600 : seconds / 60;
    long small = hours ? seconds / 60 % 60 : seconds % 60;
    return large + ":" + (small < 10 ? "0" : "") + small + (hours ? " h" : " min");
  }
}
