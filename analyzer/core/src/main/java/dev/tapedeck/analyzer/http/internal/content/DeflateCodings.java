// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.content;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.format.Bytes;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The three wrappings of deflate data: gzip (RFC 1952), zlib (RFC 1950) and none (RFC 1951).
 *
 * <p>As browsers do, checksums and header fields that are wrong cost nothing: what the deflate data
 * says is content to its last byte. What is wrong is said.
 */
public final class DeflateCodings {
  private static final int FHCRC = 2;
  private static final int FEXTRA = 4;
  private static final int FNAME = 8;
  private static final int FCOMMENT = 16;
  private static final int RESERVED = 0xe0;
  private static final int OPTIONAL = FHCRC | FEXTRA | FNAME | FCOMMENT;

  /** Flags that were seen to be set without what they announce, one set after the other. */
  private static final int[] WRONG_FLAGS = {0, FHCRC, FEXTRA, FEXTRA | FHCRC, OPTIONAL};

  private static final int PROBED_BYTES = 1024;
  private static final int GZIP_METHOD = 8;
  private static final int FDICT = 0x20;

  private RopeCursor in;
  private final Decoding out;

  /** How many bytes the inflater was given last; what it leaves of them is given back. */
  private int fedBytes;

  private DeflateCodings(RopeCursor in, Decoding out) {
    this.in = in;
    this.out = out;
  }

  /** Undoes gzip, all members. */
  public static void gzip(ByteRope coded, long intactBytes, Decoding out) {
    DeflateCodings coding = new DeflateCodings(new RopeCursor(coded, intactBytes), out);
    while (coding.member() && coding.isAtMember()) {
      // The next member's content follows this one's (RFC 1952, section 2.2).
    }
    coding.trailing();
  }

  /** Undoes zlib. */
  public static void zlib(ByteRope coded, long intactBytes, Decoding out) {
    DeflateCodings coding = new DeflateCodings(new RopeCursor(coded, intactBytes), out);
    coding.in.next();
    int flags = coding.in.next();
    if ((flags & FDICT) != 0) {
      out.fail("needs a dictionary");
      return;
    }
    Adler32 checksum = new Adler32();
    if (coding.inflate(checksum)) {
      long stored = coding.in.bigEndian(Integer.BYTES);
      if (stored < 0) {
        out.odd("checksum missing");
      } else if (stored != checksum.getValue()) {
        out.odd("checksum wrong");
      }
      coding.trailing();
    }
  }

  /** Undoes deflate without wrapping. */
  public static void raw(ByteRope coded, long intactBytes, Decoding out) {
    DeflateCodings coding = new DeflateCodings(new RopeCursor(coded, intactBytes), out);
    if (coding.inflate(null)) {
      coding.trailing();
    }
  }

  private void trailing() {
    if (!out.isFailed() && in.remaining() > 0) {
      out.odd("bytes behind the end: " + in.remaining());
    }
  }

  /** Returns whether the member ended well enough for another one to follow. */
  private boolean member() {
    if (!header()) {
      out.fail("ends early");
      return false;
    }
    CRC32 checksum = new CRC32();
    long before = out.length();
    if (!inflate(checksum)) {
      return false;
    }
    long stored = in.littleEndian(Integer.BYTES);
    long length = in.littleEndian(Integer.BYTES);
    if (length < 0) {
      out.odd("checksum missing");
      return false;
    }
    if (stored != checksum.getValue()) {
      out.odd("checksum wrong");
    }
    if (length != ((out.length() - before) & 0xffffffffL)) {
      out.odd("length wrong");
    }
    return true;
  }

  /** Some writers pad members with zeros. */
  private boolean isAtMember() {
    RopeCursor ahead = new RopeCursor(in);
    int next = ahead.next();
    long zeros = 0;
    while (next == 0) {
      zeros++;
      next = ahead.next();
    }
    if (next < 0 && zeros > 0) {
      while (in.remaining() > 0) {
        in.skip(in.run().length());
      }
      return false;
    }
    if (next != 0x1f || ahead.next() != 0x8b) {
      return false;
    }
    for (long i = 0; i < zeros; i++) {
      in.next();
    }
    return true;
  }

  private boolean header() {
    in.littleEndian(2);
    int method = in.next();
    int flags = in.next();
    if (method != GZIP_METHOD) {
      out.odd("method " + method);
    }
    if ((flags & RESERVED) != 0) {
      out.odd("reserved flags");
    }
    long fixed = in.littleEndian(6);
    if (fixed < 0 || (flags & OPTIONAL) == 0) {
      return fixed >= 0;
    }
    for (int wrong : WRONG_FLAGS) {
      RopeCursor behind = new RopeCursor(in);
      if (skipOptional(behind, flags & ~wrong) && isDeflate(new RopeCursor(behind))) {
        if (wrong != 0) {
          out.odd("flags wrong");
        }
        in = behind;
        return true;
      }
    }
    return skipOptional(in, flags);
  }

  private static boolean skipOptional(RopeCursor at, int flags) {
    long last = 0;
    if ((flags & FEXTRA) != 0) {
      last = at.littleEndian(2);
      for (long left = last; left > 0; left--) {
        last = at.next();
      }
    }
    if ((flags & FNAME) != 0) {
      last = skipText(at);
    }
    if ((flags & FCOMMENT) != 0) {
      last = skipText(at);
    }
    if ((flags & FHCRC) != 0) {
      last = at.littleEndian(2);
    }
    return last >= 0;
  }

  private static int skipText(RopeCursor at) {
    int next = at.next();
    while (next > 0) {
      next = at.next();
    }
    return next;
  }

  /** Returns whether deflate data may begin there. */
  private static boolean isDeflate(RopeCursor at) {
    Inflater inflater = new Inflater(true);
    try {
      byte[] output = new byte[PROBED_BYTES];
      while (true) {
        int count = inflater.inflate(output);
        if (count > 0 || inflater.finished()) {
          return true;
        }
        Bytes run = at.run();
        if (run.isEmpty()) {
          return false;
        }
        inflater.setInput(run.sharedArray(), run.sharedOffset(), run.length());
        at.skip(run.length());
      }
    } catch (DataFormatException e) {
      // The answer to the question, the same wherever the run before the damage ends.
      return inflater.getBytesWritten() > 0;
    } finally {
      inflater.end();
    }
  }

  /** Inflates one stream of blocks; returns whether it came to its end. */
  private boolean inflate(@Nullable Checksum checksum) {
    Inflater inflater = new Inflater(true);
    long before = 0;
    try {
      while (true) {
        byte[] buffer = out.buffer();
        int offset = out.offset();
        before = inflater.getBytesWritten();
        int count = inflater.inflate(buffer, offset, buffer.length - offset);
        if (!take(buffer, offset, count, checksum)) {
          return false;
        }
        if (inflater.finished()) {
          giveBack(inflater);
          return true;
        }
        if (count == 0 && !feed(inflater)) {
          out.fail("ends early");
          return false;
        }
      }
    } catch (DataFormatException e) {
      // The anomaly says so; what was written before the damage stands.
      int count = (int) (inflater.getBytesWritten() - before);
      take(out.buffer(), out.offset(), count, checksum);
      out.fail("damaged");
      return false;
    } finally {
      inflater.end();
    }
  }

  private boolean take(byte[] buffer, int offset, int count, @Nullable Checksum checksum) {
    if (checksum != null) {
      checksum.update(buffer, offset, count);
    }
    return out.added(count);
  }

  private boolean feed(Inflater inflater) {
    Bytes run = in.run();
    if (run.isEmpty()) {
      return false;
    }
    inflater.setInput(run.sharedArray(), run.sharedOffset(), run.length());
    in.skip(run.length());
    fedBytes = run.length();
    return true;
  }

  private void giveBack(Inflater inflater) {
    int left = Math.min(fedBytes, inflater.getRemaining());
    in.skip(-left);
  }
}
