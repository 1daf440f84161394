// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * How a copy names itself.
 *
 * @param verb the command, such as {@code recover}, for {@link Derivation#verb}
 * @param producer the program and its version
 * @param fileIds gives 16 random bytes for each file that is made
 */
public record CopyOptions(String verb, String producer, Supplier<Bytes> fileIds) {
  public CopyOptions {
    Objects.requireNonNull(verb, "verb");
    Objects.requireNonNull(producer, "producer");
    Objects.requireNonNull(fileIds, "fileIds");
  }
}
