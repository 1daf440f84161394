// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.content;

import dev.tapedeck.analyzer.ByteRope;
import java.util.ArrayList;
import java.util.List;

/**
 * A way in which content is coded: what a label can mean (RFC 9110, section 8.4.1), and what bytes
 * show.
 */
public enum Coding {
  GZIP("gzip") {
    @Override
    public void undo(ByteRope coded, long intactBytes, Decoding out) {
      DeflateCodings.gzip(coded, intactBytes, out);
    }
  },
  ZLIB("zlib") {
    @Override
    public void undo(ByteRope coded, long intactBytes, Decoding out) {
      DeflateCodings.zlib(coded, intactBytes, out);
    }
  },
  RAW("raw deflate") {
    @Override
    public void undo(ByteRope coded, long intactBytes, Decoding out) {
      DeflateCodings.raw(coded, intactBytes, out);
    }
  },
  /** What the label says; the bytes show which of the other three it is. */
  DEFLATE("deflate") {
    @Override
    public void undo(ByteRope coded, long intactBytes, Decoding out) {
      DeflateCodings.zlib(coded, intactBytes, out);
    }
  },
  BROTLI("br") {
    @Override
    public void undo(ByteRope coded, long intactBytes, Decoding out) {
      StreamCodings.brotli(coded, intactBytes, out);
    }
  },
  ZSTD("zstd") {
    @Override
    public void undo(ByteRope coded, long intactBytes, Decoding out) {
      StreamCodings.zstd(coded, intactBytes, out);
    }
  },
  COMPRESS("compress") {
    @Override
    public void undo(ByteRope coded, long intactBytes, Decoding out) {
      StreamCodings.compress(coded, intactBytes, out);
    }
  },
  UNKNOWN("unknown") {
    @Override
    public void undo(ByteRope coded, long intactBytes, Decoding out) {
      out.fail("unknown");
    }
  };

  private static final int SNIFFED_BYTES = 64;
  private static final int ZLIB_CHECK = 31;

  private final String label;

  Coding(String label) {
    this.label = label;
  }

  /** Undoes it. */
  public abstract void undo(ByteRope coded, long intactBytes, Decoding out);

  /** Returns its name in anomalies. */
  public String label() {
    return label;
  }

  /**
   * Returns what a label means. Bytes that no label holds are passed over, such as white space,
   * controls and {@code ;}, and so is what stands around the names that browsers know.
   *
   * @param label in lower case
   */
  public static Coding named(String label) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        letters.append(c);
      }
    }
    String name = letters.toString();
    if (name.contains("gzip") || name.isEmpty()) {
      return GZIP;
    }
    if (name.contains("deflate")) {
      return DEFLATE;
    }
    return switch (name) {
      case "br", "brotli" -> BROTLI;
      case "zstd" -> ZSTD;
      case "zlib" -> DEFLATE;
      case "compress", "xcompress" -> COMPRESS;
      default -> UNKNOWN;
    };
  }

  /** Returns whether a label is one that this coding has in a registry or from of old. */
  public boolean isWritten(String written) {
    return written.equals(label)
        || (this == GZIP && written.equals("x-gzip"))
        || (this == COMPRESS && written.equals("x-compress"));
  }

  /** "deflate" means zlib, and raw deflate in practice (RFC 9110, section 8.4.1.2, note). */
  public boolean isCalled(Coding named) {
    return this == named || (named == DEFLATE && (this == ZLIB || this == RAW));
  }

  /** Returns in which ways bytes with that label may be coded, the likeliest first. */
  public static List<Coding> candidates(Coding named, ByteRope coded) {
    List<Coding> candidates = new ArrayList<>(3);
    RopeCursor start = new RopeCursor(coded, SNIFFED_BYTES);
    int first = start.next();
    int second = start.next();
    if (named != GZIP && named != DEFLATE) {
      candidates.add(named);
    }
    if (first == 0x1f && second == 0x8b) {
      candidates.add(GZIP);
    }
    if (named == GZIP || named == DEFLATE) {
      // RFC 1950, section 2.2: method 8, and a check over both bytes.
      if ((first & 0x0f) == 8 && (first << 8 | second) % ZLIB_CHECK == 0) {
        candidates.add(ZLIB);
      }
      if (!isText(coded)) {
        candidates.add(RAW);
      }
    }
    return candidates;
  }

  /** Compressed bytes are not all printable; text may look like the first block of some. */
  private static boolean isText(ByteRope coded) {
    RopeCursor start = new RopeCursor(coded, SNIFFED_BYTES);
    for (int b = start.next(); b >= 0; b = start.next()) {
      boolean printable = (b >= ' ' && b < 0x7f) || b == '\r' || b == '\n' || b == '\t';
      if (!printable) {
        return false;
      }
    }
    return true;
  }
}
