// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.content;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.tapedeck.analyzer.ByteRope;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.brotli.dec.BrotliInputStream;

/** Codings that a library's stream undoes: brotli (RFC 7932) and zstd (RFC 8878), all frames. */
public final class StreamCodings {
  /** Largest window, as a power of two: what the format's own tools take unasked. */
  private static final int MAX_WINDOW_LOG = 27;

  private StreamCodings() {}

  /** Undoes brotli; of damaged data as much as is certain. */
  public static void brotli(ByteRope coded, long intactBytes, Decoding out) {
    try (InputStream in = new BrotliInputStream(new RopeInputStream(coded, intactBytes))) {
      copy(in, out);
    } catch (IOException e) {
      out.restart();
      out.add(BrotliPrefix.of(coded, intactBytes, out.limit()));
      out.fail(detail(e));
    }
  }

  /** Undoes zstd. */
  public static void zstd(ByteRope coded, long intactBytes, Decoding out) {
    InputStream bytes = new RopeInputStream(coded, intactBytes);
    try (ZstdInputStreamNoFinalizer in = new ZstdInputStreamNoFinalizer(bytes)) {
      in.setLongMax(MAX_WINDOW_LOG);
      copy(in, out);
    } catch (IOException e) {
      out.fail(detail(e));
    }
  }

  private static void copy(InputStream in, Decoding out) throws IOException {
    int count = 0;
    while (count >= 0) {
      byte[] buffer = out.buffer();
      count = in.read(buffer, out.offset(), buffer.length - out.offset());
      if (count > 0 && !out.added(count)) {
        return;
      }
    }
  }

  /** The anomaly says how it failed. */
  private static String detail(IOException failure) {
    return failure instanceof EOFException ? "ends early" : "damaged";
  }
}
