// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file is no ELF file that can be recorded; the message says why in a few words. */
final class ElfFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  ElfFormatException(String message) {
    this(message, null);
  }

  ElfFormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
