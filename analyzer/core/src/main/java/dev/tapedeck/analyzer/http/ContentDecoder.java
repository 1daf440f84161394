// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Undoes content codings (RFC 9110, section 8.4.1; RFC 7932; RFC 8878).
 *
 * <p>Damage keeps the prefix that could be decoded; bytes that are not what their label says are
 * kept as they were before that coding was to be undone. Both are anomalies. Growth is bounded by
 * {@link AnalyzerOptions#maxDecodedBytes()} and {@link AnalyzerOptions#maxDecodedRatio()}.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class ContentDecoder {
  private static final int MAX_CODINGS = 8;
  private static final int MIN_BUFFER_BYTES = 512;
  private static final int MAX_BUFFER_BYTES = 64 << 10;
  private static final long RATIO_COUNTS_FROM_BYTES = 16L << 20;

  private final long maxDecodedBytes;
  private final int maxDecodedRatio;

  /** Makes a decoder with an analysis's bounds. */
  public ContentDecoder(AnalyzerOptions options) {
    maxDecodedBytes = options.maxDecodedBytes();
    maxDecodedRatio = options.maxDecodedRatio();
  }

  /**
   * What decoding gave.
   *
   * @param content the decoded bytes, or the bytes as they were
   * @param anomalies what was wrong
   */
  public record Decoded(ByteRope content, List<Anomaly> anomalies) {}

  /**
   * Undoes codings.
   *
   * @param wire the coded bytes
   * @param intactBytes how many of them lie before the first missing byte; only these are decoded
   * @param codings values of the Content-Encoding fields, in the order in which they were applied
   */
  public Decoded decode(ByteRope wire, long intactBytes, List<String> codings) {
    List<String> names = names(codings);
    if (names.isEmpty() || wire.segments().isEmpty()) {
      return new Decoded(wire, List.of());
    }
    List<Anomaly> anomalies = new ArrayList<>();
    if (names.size() > MAX_CODINGS) {
      anomalies.add(new Anomaly(AnomalyKind.LIMIT, "codings=" + names.size()));
      return new Decoded(wire, anomalies);
    }
    ByteRope content = wire;
    long intact = intactBytes;
    for (int i = names.size() - 1; i >= 0; i--) {
      ByteRope decoded = one(names.get(i), content, intact, anomalies);
      if (decoded == null) {
        return new Decoded(content, anomalies);
      }
      content = decoded;
      intact = Long.MAX_VALUE;
    }
    return new Decoded(content, anomalies);
  }

  private static List<String> names(List<String> codings) {
    List<String> names = new ArrayList<>(codings.size());
    for (String field : codings) {
      for (String word : field.split(",", -1)) {
        String name = word.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !name.equals("identity")) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private @Nullable ByteRope one(
      String name, ByteRope coded, long intactBytes, List<Anomaly> anomalies) {
    byte[] start = new byte[2];
    int startLength = Math.max(0, new RopeInputStream(coded, 2).read(start, 0, 2));
    if (startLength == 1 && coded.segments().size() > 1) {
      start[1] = coded.segments().get(1).get(0);
    }
    List<Opener> openers =
        switch (name) {
          case "gzip", "x-gzip" ->
              isGzip(start)
                  ? List.of(Opener.GZIP)
                  : List.of(isZlib(start) ? Opener.ZLIB : Opener.RAW);
          case "deflate" ->
              isGzip(start)
                  ? List.of(Opener.GZIP, Opener.RAW)
                  : isZlib(start) ? List.of(Opener.ZLIB, Opener.RAW) : List.of(Opener.RAW);
          case "br" -> List.of(Opener.BROTLI);
          case "zstd" -> List.of(Opener.ZSTD);
          default -> List.of();
        };
    if (openers.isEmpty()) {
      anomalies.add(new Anomaly(AnomalyKind.CONTENT_CODING, "unknown"));
      return null;
    }
    Attempt attempt = new Attempt();
    for (Opener opener : openers) {
      attempt = read(opener, coded, intactBytes);
      if (attempt.failure == null || attempt.length > 0) {
        boolean labelled = opener.isLabelled(name);
        if (!labelled && attempt.failure != null) {
          break;
        }
        if (!labelled) {
          anomalies.add(
              new Anomaly(AnomalyKind.CONTENT_CODING, name + " label on " + opener.label));
        }
        if (attempt.failure != null) {
          anomalies.add(attempt.failure);
        }
        return new ByteRope(attempt.runs);
      }
    }
    anomalies.add(new Anomaly(AnomalyKind.CONTENT_CODING, "not " + name));
    return null;
  }

  private static boolean isGzip(byte[] start) {
    return start[0] == 0x1f && start[1] == (byte) 0x8b;
  }

  /** RFC 1950, section 2.2: method 8, and a check over both bytes. */
  private static boolean isZlib(byte[] start) {
    return (start[0] & 0x0f) == 8 && ((start[0] & 0xff) << 8 | (start[1] & 0xff)) % 31 == 0;
  }

  private Attempt read(Opener opener, ByteRope coded, long intactBytes) {
    Attempt attempt = new Attempt();
    readInto(attempt, opener, coded, intactBytes);
    if (attempt.failure != null && opener == Opener.BROTLI) {
      attempt.runs.clear();
      attempt.length = 0;
      byte[] prefix = BrotliPrefix.of(coded, intactBytes, maxDecodedBytes);
      attempt.add(prefix, prefix.length);
    }
    return attempt;
  }

  private static Anomaly damaged(IOException failure) {
    return new Anomaly(
        AnomalyKind.CONTENT_CODING, failure instanceof EOFException ? "ends early" : "damaged");
  }

  private void readInto(Attempt attempt, Opener opener, ByteRope coded, long intactBytes) {
    long codedLength = coded.length();
    int bufferBytes = (int) Math.max(MIN_BUFFER_BYTES, Math.min(MAX_BUFFER_BYTES, codedLength * 4));
    try (InputStream in = opener.open(new RopeInputStream(coded, intactBytes))) {
      while (true) {
        byte[] buffer = new byte[bufferBytes];
        int count = in.read(buffer, 0, bufferBytes);
        if (count < 0) {
          return;
        }
        attempt.add(buffer, count);
        if (attempt.length > maxDecodedBytes
            || (attempt.length > RATIO_COUNTS_FROM_BYTES
                && attempt.length / maxDecodedRatio > codedLength)) {
          attempt.failure = new Anomaly(AnomalyKind.LIMIT, "decoded=" + attempt.length);
          return;
        }
      }
    } catch (IOException e) {
      attempt.failure = damaged(e);
    }
  }

  /** The bytes one decoder gave. */
  private static final class Attempt {
    private final List<Bytes> runs = new ArrayList<>();
    private long length;
    private @Nullable Anomaly failure;

    void add(byte[] buffer, int count) {
      if (count > 0) {
        byte[] kept = count == buffer.length ? buffer : Arrays.copyOf(buffer, count);
        runs.add(Bytes.wrap(kept, 0, count));
        length += count;
      }
    }
  }

  /** A way to decode. */
  private enum Opener {
    GZIP("gzip") {
      @Override
      InputStream open(InputStream in) throws IOException {
        return new GZIPInputStream(in, MIN_BUFFER_BYTES);
      }
    },
    ZLIB("zlib") {
      @Override
      InputStream open(InputStream in) {
        return new OwningInflaterStream(in, new Inflater(false));
      }
    },
    RAW("raw deflate") {
      @Override
      InputStream open(InputStream in) {
        return new OwningInflaterStream(in, new Inflater(true));
      }
    },
    BROTLI("br") {
      @Override
      InputStream open(InputStream in) throws IOException {
        return new BrotliInputStream(in);
      }
    },
    ZSTD("zstd") {
      @Override
      InputStream open(InputStream in) throws IOException {
        return new ZstdInputStreamNoFinalizer(in);
      }
    };

    private final String label;

    Opener(String label) {
      this.label = label;
    }

    abstract InputStream open(InputStream in) throws IOException;

    /** "deflate" means zlib, and raw deflate in practice (RFC 9110, section 8.4.1.2, note). */
    boolean isLabelled(String name) {
      return label.equals(name)
          || (this == GZIP && name.equals("x-gzip"))
          || ((this == ZLIB || this == RAW) && name.equals("deflate"));
    }
  }

  /** Frees the inflater's native memory when closed. */
  private static final class OwningInflaterStream extends InflaterInputStream {
    private final Inflater owned;

    OwningInflaterStream(InputStream in, Inflater owned) {
      super(in, owned, MIN_BUFFER_BYTES);
      this.owned = owned;
    }

    @Override
    public void close() throws IOException {
      super.close();
      owned.end();
    }
  }
}
