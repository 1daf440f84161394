// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/**
 * A file is no capture, or one that cannot be read as asked.
 *
 * <p>The message is one line that says file, offset, record, what was expected and what was found;
 * it holds no captured content.
 */
public abstract sealed class CaptureFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final long offset;
  private final String record;
  private final String expected;
  private final String actual;

  private CaptureFormatException(
      String name, long offset, String record, String expected, String actual) {
    super(
        name
            + ": offset "
            + offset
            + ": "
            + record
            + ": expected "
            + expected
            + ", found "
            + actual);
    this.name = name;
    this.offset = offset;
    this.record = record;
    this.expected = expected;
    this.actual = actual;
  }

  private CaptureFormatException(String name, String problem) {
    super(name + ": " + problem);
    this.name = name;
    this.offset = 0;
    this.record = "file header";
    this.expected = "a key that opens the file";
    this.actual = problem;
  }

  /** Returns the file's name. */
  public String name() {
    return name;
  }

  /** Returns where, in bytes from the start of the file. */
  public long offset() {
    return offset;
  }

  /** Returns which kind of record, such as {@code block}. */
  public String record() {
    return record;
  }

  /** Returns what should have been there. */
  public String expected() {
    return expected;
  }

  /** Returns what was there. */
  public String actual() {
    return actual;
  }

  /** The file is no capture, or needs a feature that this version lacks. */
  public static final class Unsupported extends CaptureFormatException {
    private static final long serialVersionUID = 1L;

    Unsupported(String name, long offset, String record, String expected, String actual) {
      super(name, offset, record, expected, actual);
    }
  }

  /** The file ends inside a record. */
  public static final class Truncated extends CaptureFormatException {
    private static final long serialVersionUID = 1L;

    Truncated(String name, long offset, String record, String expected, String actual) {
      super(name, offset, record, expected, actual);
    }
  }

  /** The file is encrypted, and no key that was given opens it. */
  public static final class Encrypted extends CaptureFormatException {
    private static final long serialVersionUID = 1L;

    private Encrypted(String name, String problem) {
      super(name, problem);
    }

    static Encrypted of(String name, Identities identities) {
      return identities.isEmpty()
          ? new Encrypted(name, "is encrypted; name the file with your key: --identity FILE")
          : new Encrypted(
              name,
              "is encrypted, and not for a key in "
                  + String.join(", ", identities.names())
                  + "; name another: --identity FILE");
    }
  }

  /** Bytes of the file are not what was written. */
  public static final class Corrupt extends CaptureFormatException {
    private static final long serialVersionUID = 1L;

    Corrupt(String name, long offset, String record, String expected, String actual) {
      super(name, offset, record, expected, actual);
    }
  }
}
