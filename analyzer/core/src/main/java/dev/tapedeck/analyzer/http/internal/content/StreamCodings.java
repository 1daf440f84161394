// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.content;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.tapedeck.analyzer.ByteRope;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.z.ZCompressorInputStream;
import org.brotli.dec.BrotliInputStream;

/**
 * Codings that a library's stream undoes: brotli (RFC 7932), zstd (RFC 8878), all frames, and
 * compress (RFC 9110, section 8.4.1.1).
 */
public final class StreamCodings {
  /** Largest window, as a power of two: what the format's own tools take unasked. */
  private static final int MAX_WINDOW_LOG = 27;

  /** The lower bits of the third byte of compress's header: how long codes get (compress(1)). */
  private static final int MAX_CODE_BITS_MASK = 0x1f;

  private static final int MIN_CODE_BITS = 9;
  private static final int MAX_CODE_BITS = 16;

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

  /** Undoes compress. It knows no end and no checksum: that some is cut off does not show. */
  public static void compress(ByteRope coded, long intactBytes, Decoding out) {
    RopeCursor start = new RopeCursor(coded, intactBytes);
    boolean magic = start.next() == 0x1f && start.next() == 0x9d;
    int codeBits = start.next() & MAX_CODE_BITS_MASK;
    if (!magic || codeBits < MIN_CODE_BITS || codeBits > MAX_CODE_BITS) {
      out.fail("damaged");
      return;
    }
    try (InputStream in = new ZCompressorInputStream(new RopeInputStream(coded, intactBytes))) {
      // One by one: of several, those before damage would be lost with it.
      for (int b = in.read(); b >= 0; b = in.read()) {
        byte[] buffer = out.buffer();
        buffer[out.offset()] = (byte) b;
        if (!out.added(1)) {
          return;
        }
      }
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
