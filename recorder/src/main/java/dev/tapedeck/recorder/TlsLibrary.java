// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.nio.file.Path;
import java.util.Map;

/**
 * A file that holds a TLS library's code.
 *
 * @param family which library
 * @param identity the file
 * @param openPath a path by which this process can open it
 * @param displayPath the path by which its user knows it
 * @param linking how its user came by it
 * @param version as the library states it; empty when not known
 * @param buildId GNU build id; empty when there is none
 * @param functions offset in the file of each function of the family that it defines
 */
record TlsLibrary(
    TlsFamily family,
    FileIdentity identity,
    Path openPath,
    String displayPath,
    Linking linking,
    String version,
    String buildId,
    Map<String, Long> functions) {

  /** How a library came into a process. */
  enum Linking {
    SHARED,
    STATIC
  }

  TlsLibrary {
    functions = Map.copyOf(functions);
  }

  /** Returns whether the functions are there without which nothing can be recorded. */
  boolean isRecordable() {
    return functions.keySet().containsAll(family.needed());
  }

  /** Returns the same library, opened by another path. */
  TlsLibrary openedBy(Path path, String display) {
    return new TlsLibrary(family, identity, path, display, linking, version, buildId, functions);
  }
}
